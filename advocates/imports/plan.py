"""From a file and what is known about it to a table, what its columns hold, and how it is written."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused
from advocates.imports import contacts, moments, purchases
from advocates.imports.columns import columns_match
from advocates.imports.contacts import ContactsImport, contact_columns
from advocates.imports.extras import NAMES as EXTRA_NAMES, Extras, is_extra, with_extras
from advocates.imports.files import Reading, open_table
from advocates.imports.formats import NAMES, Fields, Format, format_of, formatted, known_fields
from advocates.imports.moments import moments_import_of
from advocates.imports.purchases import purchases_import_of
from advocates.imports.run import Import
from advocates.imports.table import Table
from advocates.models import ImportRun

CONTACT_KEYS = ("external_id", "email", "phone")
KNOWN: dict[str, Fields] = {
    ImportRun.Kind.CONTACTS: {**contacts.KNOWN, **EXTRA_NAMES},
    ImportRun.Kind.PURCHASES: purchases.KNOWN,
    ImportRun.Kind.MOMENTS: moments.KNOWN,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """`columns`: field → index of its column. `found`: the export that the header belongs to."""

    table: Table
    columns: dict[str, int]
    found: Format | None
    how: Import


def reading_of(run: ImportRun) -> Reading:
    return Reading(
        format=run.format,
        encoding=run.encoding or "auto",
        sheet=run.sheet,
        is_column_of_blanks=run.kind == ImportRun.Kind.PURCHASES,
    )


def fields_of(kind: str) -> Fields:
    """Field → names of its columns, of all that a file of that kind may hold."""
    return KNOWN[kind]


@contextmanager
def open_plan(path: Path, *, run: ImportRun, chosen: Mapping[str, str], now: datetime) -> Iterator[Plan]:
    """Raises ImportRefused, also while its rows are read."""
    with open_table(path, reading=reading_of(run)) as table:
        yield plan_of(table, run=run, chosen=chosen, now=now)


def plan_of(table: Table, *, run: ImportRun, chosen: Mapping[str, str], now: datetime) -> Plan:
    found = format_of(table.header, kind=run.kind, wanted=wanted_of(run))
    columns = columns_guess(table.header, run.kind, found, chosen)
    said = {table.header[index]: field for field, index in columns.items()}
    left_out = {column: field for column, field in chosen.items() if column not in said}
    how = _how(table.header, {**left_out, **said}, run, now)
    return Plan(formatted(table, found), columns, found, how)


def columns_guess(header: Sequence[str], kind: str, found: Format | None, chosen: Mapping[str, str]) -> dict[str, int]:
    known = fields_of(kind)
    fields = {field: names for field, names in known_fields(known, found).items() if field in known}
    return columns_match(header, known=fields, chosen=chosen)


def columns_check(columns: Mapping[str, int], *, run: ImportRun) -> None:
    """Raises ImportRefused, in words for whoever chooses columns on a page, for what cannot be imported like that."""
    if run.kind == ImportRun.Kind.CONTACTS:
        _who_check(columns)
    elif run.kind == ImportRun.Kind.MOMENTS:
        _moments_check(columns)
    else:
        _purchases_check(columns, run)


def _who_check(columns: Mapping[str, int]) -> None:
    if not any(field in columns for field in CONTACT_KEYS):
        raise ImportRefused(
            _("Choose the column that says who somebody is: the customer number, the e-mail address or the phone.")
        )


def _moments_check(columns: Mapping[str, int]) -> None:
    _who_check(columns)
    if not all(field in columns for field in moments.NEEDED):
        raise ImportRefused(_("Choose the columns that say what happened and when."))


def _purchases_check(columns: Mapping[str, int], run: ImportRun) -> None:
    if not any(field in columns for field in ("customer", "email")):
        raise ImportRefused(_("Choose the column that says who bought: the customer number or the e-mail address."))
    for field in ("date", "amount"):
        if field not in columns:
            raise ImportRefused(_("Choose the columns that hold the date and the amount of each sale."))
    if "currency" not in columns and not run.currency:
        raise ImportRefused(_("Choose the column of the currency, or say below which one all amounts are in."))


def wanted_of(run: ImportRun) -> str:
    """The export that it is said to be; CSV and XLSX say nothing about the columns."""
    return run.format if run.format in NAMES else ImportRun.Format.AUTO


def _how(header: Sequence[str], chosen: Mapping[str, str], run: ImportRun, now: datetime) -> Import:
    if run.kind == ImportRun.Kind.CONTACTS:
        return _people(header, chosen, run, now)
    if run.kind == ImportRun.Kind.MOMENTS:
        return moments_import_of(header, chosen=chosen, source=run.source).how()
    return purchases_import_of(header, chosen=chosen, source=run.source, currency=run.currency).how()


def _people(header: Sequence[str], chosen: Mapping[str, str], run: ImportRun, now: datetime) -> Import:
    """What is no column of a contact is written beside it."""
    own = {column: "" if is_extra(field) else field for column, field in chosen.items()}
    extra = {field: header.index(column) for column, field in chosen.items() if is_extra(field) and column in header}
    people = ContactsImport(columns=contact_columns(header, own), source=run.source, now=now)
    return with_extras(people.how(), Extras(columns=extra, source=run.source, now=now))
