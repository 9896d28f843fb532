from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.texts import po_update


class Command(BaseCommand):
    help = "Collects the texts to translate into locale/*.po, without GNU gettext. Translations are kept."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            texts = [message for message in po_update(language) if message.id]
            empty = sum(1 for message in texts if not message.string or not all(_forms(message.string)))
            self.stdout.write(f"{language}: {len(texts)} texts, {empty} to translate")


def _forms(string: Any) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)
