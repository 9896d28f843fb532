from typing import Any

from django.core.management.base import CommandError, CommandParser

from advocates.management.person import PersonCommand
from advocates.models import Contact, Erasure
from advocates.services.erasure import contact_erase, open_matters
from config.lib import clock


class Command(PersonCommand):
    help = "Forgets a person for good. Without --yes it only says what is still open with them."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="do it")

    def act(self, contact: Contact, options: dict[str, Any]) -> None:
        for matter in open_matters(contact):
            self.stdout.write(str(matter.sentence))
        if not options["yes"]:
            raise CommandError(f"Nothing was changed. With --yes, {contact.public_id} is forgotten for good.")
        erasure = contact_erase(contact=contact, way=Erasure.Way.STAFF, by="command", now=clock.now())
        self.stdout.write(f"{erasure.public_id}: {sum(erasure.counts.values())} rows and files.")
