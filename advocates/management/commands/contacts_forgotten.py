from typing import Any

from django.core.management.base import BaseCommand

from advocates.models import Erasure


class Command(BaseCommand):
    help = "Prints the ids of everybody who was forgotten, with the day: to be kept beside backups."

    def handle(self, *args: Any, **options: Any) -> None:
        erasures = Erasure.objects.order_by("erased_at").values_list("contact__public_id", "erased_at")
        for contact, erased_at in erasures.iterator():
            self.stdout.write(f"{contact} {erased_at:%Y-%m-%d}")
