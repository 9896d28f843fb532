"""Sales from a table of customer, date, quantity and amount. A row is one sale, also where it repeats another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused
from advocates.identity import email_key
from advocates.imports import cells
from advocates.imports.columns import columns_match, plain_name
from advocates.imports.files import Row, record
from advocates.imports.mends import mend
from advocates.imports.people import Key, number_keys
from advocates.imports.purchase_writer import PurchaseWriter, Sale
from advocates.imports.run import Import, Refusal, Taken
from advocates.imports.tried import Texts
from advocates.models import ImportRun
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money
from config.lib.units import unit_get

# Each is a transaction; SQLite's one writer is not held for longer.
CHUNK_SIZES = {"postgresql": 20_000, "sqlite": 2_000}
REMEMBERED = 5_000
# Sales of one customer mostly stand together.
NUMBERS_REMEMBERED = 256
ID_LENGTH = 128
MAX_QUANTITY = 1_000_000

KNOWN: dict[str, Collection[str]] = {
    "customer": ("customer_id", "customer", "customer_number", "external_id", "kundennummer"),
    "date": ("date", "occurred_at", "order_date", "purchase_date", "created_at", "datum"),
    "quantity": ("quantity", "qty", "number_of_cds", "menge"),
    "amount": ("amount", "value", "total", "dollar_value", "betrag"),
    "currency": ("currency", "currency_code", "waehrung", "währung"),
    "id": ("id", "order_id", "purchase_id", "transaction_id", "bestellnummer"),
    "email": ("email", "e_mail", "email_address", "customer_email"),
}
NEEDED = ("customer", "date", "amount")


@dataclass(frozen=True, slots=True)
class Layout:
    """A file that is known by its header, and what it leaves unsaid: the currency, and how to address its customers."""

    header: tuple[str, ...]
    currency: str
    address: str


# Fader and Hardie's customers of CDNOW: dollars, and no names.
LAYOUTS = (
    Layout(("customer_id", "date", "number_of_cds", "dollar_value"), "USD", "customer-{customer}@cdnow.example"),
)


@dataclass(frozen=True, slots=True)
class PurchasesImport:
    """`columns`: field → index, see `purchase_columns`. `currency` is for rows that name none."""

    columns: dict[str, int]
    source: str
    currency: str
    address: str = ""
    occurrences: Texts = field(default_factory=Texts)
    tried: Texts = field(default_factory=Texts)

    def how(self) -> Import:
        size = CHUNK_SIZES[connection.vendor]
        return Import(kind=ImportRun.Kind.PURCHASES, chunk_size=size, read=self.read, take=self.take)

    def read(self, rows: Sequence[Row]) -> tuple[list[Sale], list[Refusal]]:
        sales, refused = [], []
        for row in rows:
            try:
                sales.append(self.sale(row))
            except DomainError as refusal:
                refused.append(Refusal(row, refusal.sentence, mend(refusal)))
        return sales, refused

    def take(self, said: tuple[list[Sale], list[Refusal]], run: ImportRun) -> Taken:
        sales, refused = said
        taken = Taken(refused=list(refused))
        writer = PurchaseWriter(source=self.source, run=run, now=clock.now(), tried=None if run.pk else self.tried)
        writer.write(sales, taken)
        taken.refused.sort(key=lambda refusal: refusal.row.line)
        return taken

    def sale(self, row: Row) -> Sale:
        """One row as a sale. Raises RowRefused, BadEmail or UnknownUnit."""
        said = record(row, self.columns)
        money = _money(said["amount"], said.get("currency", "").upper() or self.currency)
        quantity = _quantity(said.get("quantity") or "1")
        number, address = self._customer(said)
        return Sale(
            row=row,
            number=number,
            address=address,
            external_id=self._external_id(said, money, quantity),
            occurred_at=_moment(said["date"]),
            quantity=quantity,
            amount=money.amount,
            unit=money.unit,
        )

    def _customer(self, said: Mapping[str, str]) -> tuple[Key, str]:
        number = said["customer"]
        key = _number(number, self.source)
        if said.get("email"):
            return key, email_key(said["email"]).shown
        if self.address and not number.isalnum():
            raise RowRefused(_("A customer number in this layout has only letters and digits."))
        return key, self.address.format(customer=number)

    def _external_id(self, said: Mapping[str, str], money: Money, quantity: int) -> str:
        """The sale's own number, else what it was and the how-manieth of its like, so that importing again finds it."""
        if said.get("id"):
            chosen = said["id"]
        else:
            what = f"{said['customer']}/{said['date']}/{quantity}/{money.amount}{money.unit}"
            chosen = f"{what}/{self.occurrences.count(what)}"
        if len(chosen) > ID_LENGTH:
            raise RowRefused(_("The number of the sale is longer than %(limit)s characters.") % {"limit": ID_LENGTH})
        return chosen


@lru_cache(maxsize=NUMBERS_REMEMBERED)
def _number(number: str, source: str) -> Key:
    keys = number_keys(number, source) if len(number) <= ID_LENGTH else []
    if not keys:
        raise RowRefused(_("The customer number is missing or too long."))
    return keys[0]


@lru_cache(maxsize=REMEMBERED)
def _money(text: str, unit: str) -> Money:
    money = cells.money(text, unit=unit)
    if money.amount < 0:
        raise RowRefused(_("A sale is not negative; refunds are recorded as such."))
    return money


@lru_cache(maxsize=REMEMBERED)
def _moment(text: str) -> datetime:
    return cells.moment(text)


@lru_cache(maxsize=REMEMBERED)
def _quantity(text: str) -> int:
    quantity = cells.whole_number(text)
    if quantity > MAX_QUANTITY:
        raise RowRefused(_("A quantity is at most %(limit)s.") % {"limit": MAX_QUANTITY})
    return quantity


def purchase_columns(header: Sequence[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """Raises ImportRefused where customer, date or amount cannot be found."""
    columns = columns_match(header, known=KNOWN, chosen=chosen)
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise ImportRefused(
            _(
                "No column is known as %(missing)s. The first line has: %(columns)s. "
                "Say which is which with --map column=field."
            )
            % {"missing": ", ".join(missing), "columns": ", ".join(header[:20])}
        )
    return columns


def purchases_import_of(
    header: Sequence[str], *, chosen: Mapping[str, str], source: str, currency: str
) -> PurchasesImport:
    """How to read a table with this header. Raises ImportRefused, or UnknownUnit for the currency."""
    columns = purchase_columns(header, chosen)
    layout = next((known for known in LAYOUTS if known.header == tuple(map(plain_name, header))), None)
    unit = currency or (layout.currency if layout else "")
    if not unit and "currency" not in columns:
        raise ImportRefused(_("No column names the currency. Say it with --currency USD."))
    if unit:
        unit_get(unit)
    return PurchasesImport(columns=columns, source=source, currency=unit, address=layout.address if layout else "")
