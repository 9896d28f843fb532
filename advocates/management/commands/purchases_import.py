from typing import Any

from django.core.management.base import CommandParser

from advocates.imports.files import Table
from advocates.imports.purchases import purchases_import_of
from advocates.imports.run import Import
from advocates.management.base import ImportCommand


class Command(ImportCommand):
    help = "Reads sales (customer, date, quantity, amount) as purchases of contacts. Again changes nothing."
    is_column_of_blanks = True

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--currency", default="", help="of amounts in rows that name none, such as USD")

    def plan(self, table: Table, options: dict[str, Any]) -> tuple[Import, dict[str, int]]:
        purchases = purchases_import_of(
            table.header,
            chosen=dict(options["map"]),
            source=options["source"],
            currency=options["currency"].upper(),
        )
        return purchases.how(), purchases.columns
