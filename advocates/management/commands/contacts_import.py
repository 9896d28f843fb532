from typing import Any

from django.core.management.base import CommandParser

from advocates.imports.contacts import ContactsImport, contact_columns
from advocates.imports.files import Table
from advocates.imports.run import Import
from advocates.management.base import ImportCommand
from config.lib import clock


class Command(ImportCommand):
    help = "Reads contacts with names, addresses, languages and NPS scores from a CSV. Again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=["auto", "csv"], default="auto")

    def plan(self, table: Table, options: dict[str, Any]) -> tuple[Import, dict[str, int]]:
        columns = contact_columns(table.header, dict(options["map"]))
        contacts = ContactsImport(columns=columns, source=options["source"], now=clock.now())
        return contacts.how(), columns
