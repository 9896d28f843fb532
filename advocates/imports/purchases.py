"""Sales from a table of customer, date, quantity and amount. A row is one sale, also where it repeats another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportRefused, RowRefused
from advocates.identity import email_key
from advocates.imports import cells
from advocates.imports.columns import columns_match, plain_name
from advocates.imports.files import Row
from advocates.imports.mends import mend
from advocates.imports.people import EMAIL, Key, number_keys, said_of
from advocates.imports.purchase_writer import Hunch, PurchaseWriter, Sale
from advocates.imports.run import Import, Refusal, Taken
from advocates.imports.tried import Texts
from advocates.models import ImportRun, Purchase, PurchaseReturn
from advocates.services.returns import ReturnedOrder, purchases_returned
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money
from config.lib.units import unit_get

# Each is a transaction; SQLite's one writer is not held for longer.
CHUNK_SIZES = {"postgresql": 20_000, "sqlite": 2_000}
REMEMBERED = 20_000
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
    "status": ("status", "financial_status", "order_status"),
    "returned": ("returned", "returned_amount", "refunded_amount"),
}
NEEDED = ("date", "amount")
WHO = ("customer", "email")
STATES = frozenset({"status", "returned"})
KINDS = {Purchase.Status.CANCELLED: PurchaseReturn.Kind.CANCELLED}


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


@dataclass(slots=True)
class Said:
    """What a chunk of rows means. `back`: number of a sale → what of it went back."""

    sales: list[Sale] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    back: dict[str, ReturnedOrder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PurchasesImport:
    """`columns`: field → index, see `purchase_columns`. `currency` is for rows that name none."""

    columns: dict[str, int]
    source: str
    currency: str
    address: str = ""
    now: datetime = field(default_factory=clock.now)
    occurrences: Texts = field(default_factory=Texts)
    tried: Texts = field(default_factory=Texts)
    hunch: Hunch = field(default_factory=Hunch)

    def how(self) -> Import:
        size = CHUNK_SIZES[connection.vendor]
        return Import(kind=ImportRun.Kind.PURCHASES, chunk_size=size, read=self.read, take=self.take)

    def read(self, rows: Sequence[Row]) -> Said:
        said, made = Said(), []
        for row in rows:
            try:
                made.append(self.sale(row))
            except DomainError as refusal:
                said.refused.append(Refusal(row, refusal.sentence, mend(refusal)))
        self._tell_apart([sale for sale in made if sale.has_likes])
        says_states = not STATES.isdisjoint(self.columns)
        for sale in made:
            try:
                _length_check(sale.external_id)
                if says_states and (back := self._back(sale)):
                    said.back[sale.external_id] = back
                said.sales.append(sale)
            except DomainError as refusal:
                said.refused.append(Refusal(sale.row, refusal.sentence, mend(refusal)))
        return said

    def _tell_apart(self, sales: Sequence[Sale]) -> None:
        """Of those without a number: the how-manieth of its like, so that importing again finds it."""
        times = self.occurrences.counted([sale.external_id for sale in sales])
        for sale, count in zip(sales, times, strict=True):
            sale.external_id = f"{sale.external_id}/{count}"

    def take(self, said: Said, run: ImportRun) -> Taken:
        taken = Taken(refused=list(said.refused))
        known = self._known(said.back)
        tried = None if run.pk else self.tried
        writer = PurchaseWriter(source=self.source, run=run, now=clock.now(), hunch=self.hunch, tried=tried)
        writer.write(said.sales, taken)
        changed = self._returned(said.back, known)
        taken.updated += len(changed & known)
        taken.unchanged -= len(changed & known)
        taken.refused.sort(key=lambda refusal: refusal.row.line)
        return taken

    def _returned(self, back: Mapping[str, ReturnedOrder], known: Collection[str]) -> set[str]:
        """A file does not say when: of a sale that stood here without it, we hear now."""
        if not back:
            return set()
        orders = [replace(back[number], occurred_at=self.now) for number in back if number in known]
        orders += [back[number] for number in back if number not in known]
        return purchases_returned(source=self.source, orders=orders)

    def _known(self, numbers: Collection[str]) -> set[str]:
        standing = Purchase.objects.filter(source=self.source, external_id__in=list(numbers))
        return set(standing.values_list("external_id", flat=True)) if numbers else set()

    def _back(self, sale: Sale) -> ReturnedOrder | None:
        """What of a sale went back, as the file says; None for nothing. Raises RowRefused for what is not paid yet."""
        said = said_of(sale.row, self.columns.items())
        status = cells.purchase_status(said["status"]) if said.get("status") else Purchase.Status.COMPLETE
        returned = _money(said.get("returned") or "0", sale.unit)
        if status in Purchase.COUNTING and not returned.amount:
            return None
        return ReturnedOrder(
            external_id=sale.external_id,
            kind=KINDS.get(Purchase.Status(status), PurchaseReturn.Kind.RETURNED),
            occurred_at=sale.occurred_at,
            returned=returned if status in Purchase.COUNTING else None,
        )

    def sale(self, row: Row) -> Sale:
        """One row as a sale, without what tells it from its likes. Raises RowRefused, BadEmail or UnknownUnit."""
        said = said_of(row, self.columns.items())
        money = _money(said.get("amount", ""), said.get("currency", "").upper() or self.currency)
        quantity = _quantity(said.get("quantity") or "1")
        number, address = self._customer(said)
        return Sale(
            row=row,
            number=number,
            address=address,
            external_id=said.get("id") or _alike(said, money, quantity),
            occurred_at=_moment(said.get("date", "")),
            quantity=quantity,
            amount=money.amount,
            unit=money.unit,
            has_likes="id" not in said,
        )

    def _customer(self, said: Mapping[str, str]) -> tuple[Key, str]:
        number, email = said.get("customer", ""), said.get("email", "")
        if not number and email:
            address = email_key(email)
            return Key(EMAIL, "", address.value, address.shown, address.strict), ""
        key = _number(number, self.source)
        if email:
            return key, email_key(email).shown
        if self.address and not number.isalnum():
            raise RowRefused(_("A customer number in this layout has only letters and digits."))
        return key, self.address.format(customer=number)


def _alike(said: Mapping[str, str], money: Money, quantity: int) -> str:
    """What a sale without a number of its own was."""
    if not said.get("customer"):
        # Made up of an address it would keep somebody's name for ever.
        raise RowRefused(_("A sale of somebody without a customer number needs a number of its own."))
    return f"{said['customer']}/{said.get('date', '')}/{quantity}/{money.amount}{money.unit}"


def _length_check(external_id: str) -> None:
    if len(external_id) > ID_LENGTH:
        raise RowRefused(_("The number of the sale is longer than %(limit)s characters.") % {"limit": ID_LENGTH})


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
    if not any(name in columns for name in WHO):
        missing.insert(0, "customer")
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
