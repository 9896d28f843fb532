import json
from typing import Any

from advocates.management.person import PersonCommand
from advocates.models import Contact
from advocates.services.export import contact_export
from config.lib import clock


class Command(PersonCommand):
    help = "Prints everything that stands here about a person, as JSON. That it was taken out is noted."

    def act(self, contact: Contact, options: dict[str, Any]) -> None:
        told = contact_export(contact=contact, by="command", now=clock.now())
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
