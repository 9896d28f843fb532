from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advocates.imports.columns import columns_unused
from advocates.imports.files import ENCODINGS, Table, open_text, read_table
from advocates.imports.run import Import, RefusedRows, import_table
from advocates.models import ImportRun
from advocates.services.imports import import_begin
from config.lib.errors import DomainError

DEFAULT_SOURCE = "import"
SOURCE_LENGTH = 64


def chosen_column(text: str) -> tuple[str, str]:
    column, mark, field = text.rpartition("=")
    if not (mark and column and field):
        raise ArgumentTypeError("write it as column=field")
    return column, field


def source_name(text: str) -> str:
    if not text or len(text) > SOURCE_LENGTH or not text.isprintable():
        raise ArgumentTypeError(f"a source has 1 to {SOURCE_LENGTH} characters")
    return text


class ImportCommand(BaseCommand):
    """Reads one file, shows how far it is, and says in the end what became of its rows."""

    is_column_of_blanks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="may end in .gz or .xz")
        parser.add_argument(
            "--source", type=source_name, default=DEFAULT_SOURCE, help="whose customer numbers these are"
        )
        parser.add_argument(
            "--map",
            type=chosen_column,
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="what a column holds; may be repeated",
        )
        parser.add_argument("--encoding", choices=ENCODINGS, default="auto")
        parser.add_argument("--refused", type=Path, help="where refused rows go (default: beside the file)")
        parser.add_argument("--dry-run", action="store_true", help="read and count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def plan(self, table: Table, options: dict[str, Any]) -> tuple[Import, dict[str, int]]:
        """How to write this table, and which column holds what. Raises DomainError."""
        raise NotImplementedError

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        with open_text(path, encoding=options["encoding"]) as text:
            table = read_table(text, is_column_of_blanks=self.is_column_of_blanks)
            how, columns = self.plan(table, options)
            unused = columns_unused(table.header, columns)
            if unused:
                self.stdout.write(f"Not used: {', '.join(unused)}")
            refused_path = options["refused"] or path.with_name(f"{path.name}.refused.csv")
            begin = ImportRun if options["dry_run"] else import_begin
            run = begin(kind=how.kind, source=options["source"], file_name=path.name)
            with RefusedRows(refused_path, table.header) as refused:
                import_table(
                    table=table,
                    how=how,
                    run=run,
                    refused=refused,
                    progress=self._progress,
                    is_dry=options["dry_run"],
                )
        self._summary(run, refused_path, is_dry=options["dry_run"])

    def _progress(self, run: ImportRun) -> None:
        # One line that moves in a terminal; a log is spared it.
        if self.stdout.isatty():
            self.stdout.write(f"\r{run.rows_read:,} rows", ending="")
            self.stdout.flush()

    def _summary(self, run: ImportRun, refused_path: Path, *, is_dry: bool) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        self.stdout.write(
            f"{'Tried out, nothing written: ' if is_dry else ''}{run.rows_read} rows read: "
            f"{run.created_count} created, {run.updated_count} updated, "
            f"{run.unchanged_count} unchanged, {run.refused_count} refused."
        )
        if run.refused_count:
            self.stdout.write(f"The refused rows and why: {refused_path}")
