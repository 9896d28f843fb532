from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.urls import reverse

from campaigns.services.portal import portal_link_create
from config.demo.processes import ChildEnded, Children, NotReady
from config.demo.story import customer
from config.demo.surroundings import PASSWORD, staff_member
from config.lib import clock
from config.lib.http import is_port_free

ADVOCATE = "D-1001"


class Command(BaseCommand):
    help = "Demo data, then web server, worker and beat in this terminal until Ctrl-C. The data stay."

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_port_free(settings.PORT):
            raise CommandError(
                f"Port {settings.PORT} is taken. Stop what runs there, or choose another: PORT={settings.PORT + 1}"
            )
        call_command("schedule_sync", stdout=self.stdout)
        self.stdout.write("Loading demo data …")
        call_command("demo_data", stdout=self.stdout)
        connections.close_all()
        try:
            with Children(settings.PORT, settings.VAR_DIR / "log") as children:
                if children.wait_until_ready():
                    self._welcome()
                children.wait_until_stopped()
                self.stdout.write("\nStopping …")
        except (ChildEnded, NotReady) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write("Stopped. The data are kept for the next time.")

    def _welcome(self) -> None:
        link = portal_link_create(contact=customer(ADVOCATE), now=clock.now())
        connections.close_all()
        lines = {
            "Public pages": settings.SITE_URL,
            "Console": settings.SITE_URL + reverse("admin:index"),
            "  sales": f"{staff_member('sales').email}   {PASSWORD}",
            "  finance": f"{staff_member('finance').email}   {PASSWORD}",
            "Portal of Lena": f"{link}   (once, for ten minutes)",
            "Mails": settings.SITE_URL + reverse("campaigns:mailbox"),
        }
        self.stdout.write("\nInnercircle is running. Ctrl-C stops it.\n")
        for label, value in lines.items():
            self.stdout.write(f"  {label:<16} {value}")
        self.stdout.flush()
