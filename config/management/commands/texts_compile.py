from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles locale/*.po, without GNU gettext. What has not changed since is left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                self._compile(source, source.with_suffix(".mo"))

    def _compile(self, source: Path, target: Path) -> None:
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            return
        with source.open("rb") as texts:
            catalog = read_po(texts)
        # Written aside first: a server that starts meanwhile must not read half a file.
        aside = target.with_suffix(".mo.part")
        with aside.open("wb") as compiled:
            write_mo(compiled, catalog)
        aside.replace(target)
        self.stdout.write(f"compiled {source}")
