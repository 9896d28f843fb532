from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from advocates.imports.columns import columns_remembered, columns_unused, plain_name
from advocates.imports.files import ENCODINGS, open_table
from advocates.imports.plan import Plan, plan_of, reading_of
from advocates.imports.run import RefusedRows, import_table
from advocates.models import ImportRun
from advocates.services.imports import import_begin, mapping_of, mapping_remember
from config.lib import clock
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

    kind: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in any common encoding, also .gz or .xz, or an .xlsx")
        parser.add_argument(
            "--source", type=source_name, default=DEFAULT_SOURCE, help="whose customer numbers these are"
        )
        parser.add_argument(
            "--format", choices=ImportRun.Format.values, default="auto", help="default: by the file's content"
        )
        parser.add_argument(
            "--map",
            type=chosen_column,
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="what a column holds (fact:NAME keeps it as a further fact, - leaves it out); may be repeated, "
            "and is remembered for the source",
        )
        parser.add_argument("--currency", default="", help="of amounts in rows that name none, such as USD")
        parser.add_argument("--sheet", default="", help="of a workbook (default: its first)")
        parser.add_argument("--encoding", choices=ENCODINGS, default="auto")
        parser.add_argument("--refused", type=Path, help="where refused rows go (default: beside the file)")
        parser.add_argument("--dry-run", action="store_true", help="read and count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._import(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        run = self._run(options)
        with open_table(path, reading=reading_of(run)) as table:
            said = columns_remembered(table.header, mapping_of(source=run.source, kind=run.kind))
            now_said = dict(options["map"])
            run.mapping = {**said, **{plain_name(column): field for column, field in now_said.items()}}
            plan = plan_of(table, run=run, chosen=_chosen(said, now_said), now=clock.now())
            self._tell(plan)
            if not options["dry_run"]:
                run = self._begin(run)
            refused_path = options["refused"] or path.with_name(f"{path.name}.refused.csv")
            with RefusedRows(refused_path, plan.table.header) as refused:
                import_table(
                    table=plan.table,
                    how=plan.how,
                    run=run,
                    refused=refused,
                    progress=self._progress,
                    is_dry=options["dry_run"],
                )
        self._summary(run, refused_path, is_dry=options["dry_run"])

    def _run(self, options: dict[str, Any]) -> ImportRun:
        return ImportRun(
            kind=self.kind,
            source=options["source"],
            file_name=options["file"].name[:200],
            format=options["format"],
            encoding="" if options["encoding"] == "auto" else options["encoding"],
            sheet=options["sheet"],
            currency=options["currency"].upper(),
        )

    def _begin(self, run: ImportRun) -> ImportRun:
        facts = {name: getattr(run, name) for name in ("format", "encoding", "sheet", "currency", "mapping")}
        mapping_remember(source=run.source, kind=run.kind, mapping=run.mapping)
        return import_begin(kind=run.kind, source=run.source, file_name=run.file_name, **facts)

    def _tell(self, plan: Plan) -> None:
        if plan.found:
            self.stdout.write(f"Known as an export of {plan.found.label}.")
        unused = columns_unused(plan.table.header, plan.columns)
        if unused:
            self.stdout.write(f"Not used: {', '.join(unused)}")

    def _progress(self, run: ImportRun) -> None:
        # One line that moves in a terminal; a log is spared it.
        if self.stdout.isatty():
            self.stdout.write(f"\r{run.rows_read:,} rows", ending="")
            self.stdout.flush()

    def _summary(self, run: ImportRun, refused_path: Path, *, is_dry: bool) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
        merged = f"{run.merged_count} merged, " if run.merged_count else ""
        self.stdout.write(
            f"{'Tried out, nothing written: ' if is_dry else ''}{run.rows_read} rows read: "
            f"{run.created_count} created, {run.updated_count} updated, {merged}"
            f"{run.unchanged_count} unchanged, {run.refused_count} refused."
        )
        if run.refused_count:
            self.stdout.write(f"The refused rows and why: {refused_path}")


def _chosen(remembered: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    """What is said now goes before what was said once: for its column, and for its field."""
    fields = set(said.values())
    columns = set(map(plain_name, said))
    kept = {column: field for column, field in remembered.items() if field not in fields and column not in columns}
    return {**kept, **said}
