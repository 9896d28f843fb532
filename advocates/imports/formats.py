"""Exports that are known by their own headers: what their columns hold, and where their rows differ from ours.

Adding one is a line in FORMATS and, where several of its rows are one of ours, a function that puts them together.
Columns: https://knowledge.hubspot.com/import-and-export/export-records,
https://help.shopify.com/manual/customers/import-export-customers and …/manual/orders/manage-orders/exporting-orders.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused
from advocates.imports.columns import plain_name
from advocates.imports.table import Row, Table
from advocates.models import ImportRun

# Of a quantity; more is a mistake in the file.
MAX_DIGITS = 6

Fields = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """`signs`: plain names of columns that no other file has together. `fields`: field → its columns, the first that is
    there counts. `rows` puts rows of the export together into rows of ours, under the same header.
    """

    name: str
    kind: str
    signs: frozenset[str]
    fields: Fields
    rows: Callable[[Table], Iterator[Row]] = lambda table: table.rows

    @property
    def label(self) -> str:
        return NAMES[self.name]


def _orders(table: Table) -> Iterator[Row]:
    """An order takes a row for each of its items; only the first says more. Cancelled goes before paid."""
    at = {plain_name(name): index for index, name in reversed(list(enumerate(table.header)))}
    width = len(table.header)
    for _number, rows in groupby(table.rows, key=lambda row: _cell(row, at["name"])):
        yield _order(rows, at, width)


def _order(rows: Iterator[Row], at: Mapping[str, int], width: int) -> Row:
    first = next(rows)
    cells = first.cells + [""] * (width - len(first.cells))
    count = _count(first, at) + sum(_count(row, at) for row in rows)
    cells[at["lineitem_quantity"]] = str(count or 1)
    if "cancelled_at" in at and cells[at["cancelled_at"]]:
        cells[at["financial_status"]] = "cancelled"
    return Row(first.line, cells)


def _count(row: Row, at: Mapping[str, int]) -> int:
    """What is no number is no quantity; the order counts all the same."""
    text = _cell(row, at["lineitem_quantity"])
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0


def _cell(row: Row, index: int) -> str:
    return row.cells[index].strip() if index < len(row.cells) else ""


FORMATS = (
    Format(
        name=ImportRun.Format.HUBSPOT,
        kind=ImportRun.Kind.CONTACTS,
        signs=frozenset({"record_id", "lifecycle_stage"}),
        fields={
            "external_id": ("record_id", "record_id_contact"),
            "email": ("email",),
            "phone": ("phone_number", "mobile_phone_number"),
            "first_name": ("first_name",),
            "last_name": ("last_name",),
            "company": ("company_name", "associated_company", "primary_associated_company"),
            "relation": ("lifecycle_stage",),
            "language": ("preferred_language",),
            "country": ("country_region_code", "country_region"),
            "region": ("state_region",),
            "time_zone": ("time_zone",),
            "customer_since": ("became_a_customer_date",),
        },
    ),
    Format(
        name=ImportRun.Format.SHOPIFY,
        kind=ImportRun.Kind.CONTACTS,
        signs=frozenset({"customer_id", "total_spent", "total_orders", "accepts_email_marketing"}),
        fields={
            "external_id": ("customer_id",),
            "email": ("email",),
            "phone": ("phone", "default_address_phone"),
            "first_name": ("first_name",),
            "last_name": ("last_name",),
            "company": ("default_address_company",),
            "country": ("default_address_country_code",),
            "region": ("default_address_province_code",),
            "purchases_count": ("total_orders",),
            "lifetime_value": ("total_spent",),
            "consent_email": ("accepts_email_marketing",),
        },
    ),
    Format(
        name=ImportRun.Format.SHOPIFY,
        kind=ImportRun.Kind.PURCHASES,
        signs=frozenset({"name", "financial_status", "total", "lineitem_quantity"}),
        fields={
            "id": ("name",),
            "email": ("email",),
            "phone": ("phone", "billing_phone"),
            "name": ("billing_name",),
            "date": ("created_at", "paid_at"),
            "amount": ("total",),
            "currency": ("currency",),
            "quantity": ("lineitem_quantity",),
            "status": ("financial_status",),
            "returned": ("refunded_amount",),
            # An order has an id of its own too; people call it by its name.
            "customer": ("customer_id",),
        },
        rows=_orders,
    ),
)
NAMES: Mapping[str, str] = {ImportRun.Format.HUBSPOT: "HubSpot", ImportRun.Format.SHOPIFY: "Shopify"}


def format_of(header: Sequence[str], *, kind: str, wanted: str = ImportRun.Format.AUTO) -> Format | None:
    """The export that this header belongs to, if it is one. Raises ImportRefused where the wanted one has others."""
    plain = set(map(plain_name, header))
    found = next((one for one in FORMATS if one.signs <= plain and wanted in (ImportRun.Format.AUTO, one.name)), None)
    if found and found.kind != kind:
        raise ImportRefused(
            _("This is a list of %(kind)s from %(name)s. Import it as such.")
            % {"kind": ImportRun.Kind(found.kind).label, "name": found.label}
        )
    if not found and wanted in NAMES:
        signs = sorted(next(one for one in FORMATS if one.name == wanted).signs)
        raise ImportRefused(
            _("These are not the columns of an export from %(name)s: it has %(signs)s.")
            % {"name": NAMES[wanted], "signs": ", ".join(signs)}
        )
    return found


def formatted(table: Table, found: Format | None) -> Table:
    return Table(table.header, found.rows(table)) if found else table


def known_fields(known: Fields, found: Format | None) -> Fields:
    """Field → plain names of columns, those of the export before our own guesses."""
    return {**known, **found.fields} if found else known
