"""A file before it is imported: its columns, what each is taken for and why, what would become of its first rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from advocates.admin.import_words import OUTCOMES, Choices, change_labels, field_choices
from advocates.errors import ImportRefused
from advocates.imports.columns import columns_remembered, plain_name
from advocates.imports.files import open_table
from advocates.imports.formats import Format, format_of, formatted
from advocates.imports.plan import columns_check, columns_guess, open_plan, plan_of, reading_of, wanted_of
from advocates.imports.run import PreviewRow, RefusedRows, import_table, preview
from advocates.imports.table import Row, Table
from advocates.models import ImportRun
from advocates.services.import_files import file_of
from advocates.services.imports import mapping_of

ROWS_SHOWN = 20
ROWS_TRIED = 1_000
SAMPLES = 3
SAMPLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Column:
    """`mark`: why the field is taken: remembered, known (by the export), guessed, or chosen just now."""

    index: int
    name: str
    samples: list[str]
    field: str
    mark: str
    choices: Choices
    is_double: bool


@dataclass(frozen=True, slots=True)
class Look:
    """`problem` says why it cannot be imported like that; then `rows` is empty."""

    columns: list[Column]
    found: Format | None
    rows: list[dict[str, Any]]
    problem: str


def look_at(run: ImportRun, *, now: datetime) -> Look:
    """Raises ImportRefused where not even the header can be read."""
    with open_table(file_of(run), reading=reading_of(run)) as raw:
        found = format_of(raw.header, kind=run.kind, wanted=wanted_of(run))
        table = formatted(raw, found)
        head = list(islice(table.rows, ROWS_SHOWN))
        remembered = columns_remembered(table.header, mapping_of(source=run.source, kind=run.kind))
        chosen = chosen_for(run, table)
        columns = columns_guess(table.header, run.kind, found, chosen)
        rows, problem = _previewed(run, table.header, head, chosen, columns, now)
    fields = {index: field for field, index in columns.items()}
    shown = [
        _column(run, table.header, index, head, fields.get(index, ""), _Known(remembered, found))
        for index in range(len(table.header))
    ]
    return Look(columns=shown, found=found, rows=rows, problem=problem)


def chosen_for(run: ImportRun, table: Table) -> dict[str, str]:
    """As it was chosen for this file, else as it was chosen for an earlier one of the source."""
    said = run.mapping or mapping_of(source=run.source, kind=run.kind)
    return columns_remembered(table.header, {plain_name(column): field for column, field in said.items()})


def try_out(run: ImportRun, *, now: datetime) -> ImportRun:
    """The counts of the first rows, as they would be; nothing of it is written. Raises ImportRefused."""
    trial = ImportRun(kind=run.kind, source=run.source, currency=run.currency)
    with (
        TemporaryDirectory() as folder,
        open_plan(file_of(run), run=run, chosen=run.mapping, now=now) as plan,
        RefusedRows(Path(folder) / "refused.csv", plan.table.header) as refused,
    ):
        head = Table(plan.table.header, islice(plan.table.rows, ROWS_TRIED))
        import_table(table=head, how=plan.how, run=trial, refused=refused, progress=lambda _run: None, is_dry=True)
    return trial


@dataclass(frozen=True, slots=True)
class _Known:
    remembered: Mapping[str, str]
    found: Format | None

    def mark(self, run: ImportRun, plain: str, field: str) -> str:
        if run.mapping:
            return "chosen" if field else ""
        if plain in self.remembered:
            return "remembered"
        if not field:
            return ""
        names = self.found.fields.get(field, ()) if self.found else ()
        return "known" if plain in names else "guessed"


def _column(run: ImportRun, header: list[str], index: int, head: list[Row], field: str, known: _Known) -> Column:
    plain = plain_name(header[index])
    said = (row.cells[index].strip() for row in head if index < len(row.cells))
    return Column(
        index=index,
        name=header[index],
        samples=list(islice((text[:SAMPLE_LENGTH] for text in said if text), SAMPLES)),
        field=field,
        mark=known.mark(run, plain, field),
        choices=field_choices(run.kind, fact=plain),
        is_double=plain in map(plain_name, header[:index]) or not plain,
    )


def _previewed(
    run: ImportRun,
    header: list[str],
    head: list[Row],
    chosen: Mapping[str, str],
    columns: Mapping[str, int],
    now: datetime,
) -> tuple[list[dict[str, Any]], str]:
    try:
        columns_check(columns, run=run)
        # Rows that were put together stay as they are when that is done again.
        plan = plan_of(Table(header, iter(head)), run=run, chosen=chosen, now=now)
        found = preview(table=plan.table, how=plan.how, rows=ROWS_SHOWN)
    except ImportRefused as refusal:
        return [], str(refusal)
    return [_told(row, columns) for row in found], ""


def _told(told: PreviewRow, columns: Mapping[str, int]) -> dict[str, Any]:
    cells = told.row.cells
    shown = [cells[index].strip() for _field, index in sorted(columns.items(), key=_importance) if index < len(cells)]
    label, tone = OUTCOMES[told.outcome]
    return {
        "line": told.row.line,
        "who": [text for text in shown if text][:3],
        "label": label,
        "tone": tone,
        "changes": change_labels(told.changes),
        "reason": told.reason,
        "mend": told.mend,
    }


def _importance(said: tuple[str, int]) -> int:
    order = ("name", "first_name", "last_name", "customer", "email", "external_id", "date", "amount", "phone", "id")
    return order.index(said[0]) if said[0] in order else len(order)
