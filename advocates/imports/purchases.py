"""Sales from a table of customer, date, quantity and amount. A row is one sale, also where it repeats another."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused
from advocates.identity import email_key
from advocates.imports import cells
from advocates.imports.columns import columns_match, plain_name
from advocates.imports.files import Row, record
from advocates.imports.mends import mend
from advocates.imports.run import Import, Refusal, Taken
from advocates.models import ImportRun, Purchase
from advocates.services.customers import Customer, customers_ensure
from advocates.services.purchases import purchases_record
from config.lib.errors import DomainError
from config.lib.money import Money
from config.lib.units import unit_get

CHUNK_SIZE = 2_000
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
class Sale:
    customer: Customer
    external_id: str
    occurred_at: datetime
    quantity: int
    money: Money


class Occurrences:
    """How often a text was met before. Counted in a temporary file, so that memory stays bounded for any table."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("PRAGMA journal_mode = OFF")
        self._seen.execute("CREATE TABLE seen (text TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID")

    def count(self, text: str) -> int:
        """1 for the first time."""
        upsert = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (text) DO UPDATE SET times = times + 1 RETURNING times"
        times: int = self._seen.execute(upsert, [text]).fetchone()[0]
        return times


@dataclass(frozen=True, slots=True)
class PurchasesImport:
    """`columns`: field → index, see `purchase_columns`. `currency` is for rows that name none."""

    columns: dict[str, int]
    source: str
    currency: str
    address: str = ""
    occurrences: Occurrences = field(default_factory=Occurrences)

    def how(self) -> Import:
        return Import(kind=ImportRun.Kind.PURCHASES, chunk_size=CHUNK_SIZE, read=self.read, take=self.take)

    def read(self, rows: Sequence[Row]) -> tuple[list[Sale], list[Refusal]]:
        sales, refused = [], []
        for row in rows:
            try:
                sales.append(self.sale(record(row, self.columns)))
            except DomainError as refusal:
                refused.append(Refusal(row, refusal.sentence, mend(refusal)))
        return sales, refused

    def take(self, said: tuple[list[Sale], list[Refusal]], run: ImportRun) -> Taken:
        sales, refused = said
        taken = Taken(refused=list(refused))
        taken.created = self._write(sales, run)
        taken.unchanged = len(sales) - taken.created
        return taken

    def sale(self, said: Mapping[str, str]) -> Sale:
        """One row as a sale. Raises RowRefused, BadEmail or UnknownUnit."""
        money = cells.money(said["amount"], unit=said.get("currency", "").upper() or self.currency)
        if money.amount < 0:
            raise RowRefused(_("A sale is not negative; refunds are recorded as such."))
        quantity = cells.whole_number(said.get("quantity") or "1")
        if quantity > MAX_QUANTITY:
            raise RowRefused(_("A quantity is at most %(limit)s.") % {"limit": MAX_QUANTITY})
        return Sale(
            customer=self._customer(said),
            external_id=self._external_id(said, money, quantity),
            occurred_at=cells.moment(said["date"]),
            quantity=quantity,
            money=money,
        )

    def _customer(self, said: Mapping[str, str]) -> Customer:
        number = said["customer"]
        if not number or len(number) > ID_LENGTH:
            raise RowRefused(_("The customer number is missing or too long."))
        if said.get("email"):
            return Customer(number, email_key(said["email"]).shown)
        if self.address and not number.isalnum():
            raise RowRefused(_("A customer number in this layout has only letters and digits."))
        return Customer(number, self.address.format(customer=number))

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

    def _write(self, sales: Sequence[Sale], run: ImportRun) -> int:
        contacts = customers_ensure(customers=[sale.customer for sale in sales], source=self.source)
        rows = [
            Purchase(
                contact_id=contacts[sale.customer.external_id],
                source=self.source,
                external_id=sale.external_id,
                occurred_at=sale.occurred_at,
                amount=sale.money.amount,
                unit=sale.money.unit,
                quantity=sale.quantity,
                import_run=run if run.pk else None,
            )
            for sale in sales
        ]
        return purchases_record(purchases=rows)


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
