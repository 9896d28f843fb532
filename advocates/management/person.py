from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advocates.models import Contact
from advocates.services.contacts import ContactRef, contact_find
from config.lib.errors import DomainError


class PersonCommand(BaseCommand):
    """A command about one person, named by e-mail address or by the number that begins with con_."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="e-mail address, or id (con_…)")

    def handle(self, *args: Any, **options: Any) -> None:
        person: str = options["person"]
        ref = ContactRef(email=person) if "@" in person else ContactRef(id=person)
        try:
            contact = contact_find(ref=ref, source="")
            if contact is None:
                raise CommandError("Nobody here is known by that.")
            self.act(contact, options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def act(self, contact: Contact, options: dict[str, Any]) -> None:
        raise NotImplementedError
