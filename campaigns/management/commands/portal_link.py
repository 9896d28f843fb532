from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advocates.errors import BadEmail
from advocates.services.contacts import ContactRef, contact_find
from campaigns.services.portal import portal_link_create
from config.lib import clock


class Command(BaseCommand):
    help = "Print a fresh link that signs the contact with this address in to the portal: once, for ten minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            contact = contact_find(ref=ContactRef(email=options["email"]), source="")
        except BadEmail as refusal:
            raise CommandError(str(refusal)) from refusal
        if contact is None:
            raise CommandError("No contact has this address.")
        self.stdout.write(portal_link_create(contact=contact, now=clock.now()))
