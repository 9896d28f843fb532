from typing import Any

from django.core.management.base import BaseCommand

from config.schedule import schedule_sync


class Command(BaseCommand):
    help = "Brings the beat's rows up to date with the jobs there are; keeps operators' periods and switches."

    def handle(self, *args: Any, **options: Any) -> None:
        synced = schedule_sync()
        for name in synced.created:
            self.stdout.write(f"scheduled {name}")
        for name in synced.removed:
            self.stdout.write(f"removed {name}")
