from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug

from campaigns.models import ApiKey
from campaigns.services.api_keys import api_key_create
from config.lib import clock


class Command(BaseCommand):
    help = "Make an API key. It is printed once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        create = commands.add_parser("create", help="make a key and print it once")
        create.add_argument("--name", required=True, help="what it is for, as staff read it")
        create.add_argument("--source", required=True, help="the system that uses it, such as “shop”")
        create.add_argument("--scope", required=True, choices=ApiKey.Scope.values)
        create.add_argument("--test", action="store_true", help="what it brings is test data and pays nothing")
        create.add_argument("--expires", metavar="DATE", help="last day, as 2027-12-31")

    def handle(self, *_args: Any, **options: Any) -> None:
        key, secret = api_key_create(
            name=options["name"],
            source=_source(options["source"]),
            scope=options["scope"],
            is_test=options["test"],
            expires_at=_moment(options["expires"]),
            now=clock.now(),
        )
        self.stdout.write(f"{key.public_id}: {key.name}, {key.source}, {key.scope}. It is not shown again:")
        self.stdout.write(secret)


def _source(text: str) -> str:
    try:
        validate_slug(text)
    except ValidationError as error:
        raise CommandError("A source is written with letters, digits and dashes, such as “shop”.") from error
    return text


def _moment(text: str | None) -> datetime | None:
    """The end of that day, UTC."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=UTC)
    except ValueError as error:
        raise CommandError("A date is written as 2027-12-31.") from error
