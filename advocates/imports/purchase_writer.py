"""A chunk of sales written at once: who bought is found or made by customer number, each sale counts once.

Written in the order that single sales keep too: keys, sales, then contacts by id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter

from django.db import IntegrityError, transaction

from advocates.forgotten import erased_hashes, is_forgotten
from advocates.identity import email_key
from advocates.imports.changes import Change, changes_record, difference
from advocates.imports.contact_rows import keys_add
from advocates.imports.files import Row
from advocates.imports.mends import FORGOTTEN, LEAVE_OUT
from advocates.imports.people import EMAIL, Key
from advocates.imports.run import Refusal, Taken
from advocates.imports.tried import Texts
from advocates.models import Contact, ImportRun, Purchase
from advocates.services.purchases import COUNTED, Figures, count_in, purchases_count
from advocates.standing import standing
from config.lib.bulk import Stage, add_rows, defaults_of, take_ids
from config.lib.ids import new_public_ids

MOST_TRIES = 5
IDS_A_QUERY = 5_000
# The source stands in each staged row: beside a constant, PostgreSQL reads all sales of that source for each of ours.
STANDING = """
    SELECT s.place FROM {stage} s CROSS JOIN advocates_purchase p
    WHERE p.source = s.source AND p.external_id = s.external_id
"""
OWNERS = """
    SELECT s.place, k.contact_id FROM {stage} s CROSS JOIN advocates_contactkey k
    WHERE k.kind = s.kind AND k.source = s.source AND k.value = s.value
"""


@dataclass(slots=True)
class Sale:
    """`number`: the customer's key; `address` as the file has it; `contact_id` is found out. `has_likes`: it has no
    number of its own.
    """

    row: Row
    number: Key
    address: str
    external_id: str
    occurred_at: datetime
    quantity: int
    amount: int
    unit: str
    has_likes: bool = False
    contact_id: int = 0


@dataclass(slots=True)
class Customer:
    """Somebody in the chunk, with their sales. `keys`: those that they have not got yet."""

    contact_id: int
    sales: list[Sale]
    keys: list[Key]
    is_new: bool


@dataclass(slots=True)
class Hunch:
    """Did the last chunk meet sales that stood here? If not, the next one is written without looking first; where that
    was wrong the unique key says so, and it looks. So a new file does not ask about each of its sales.
    """

    meets_sales: bool = True


class _Merged(Exception):
    """A customer became a part of somebody else a moment ago."""


@dataclass(slots=True)
class PurchaseWriter:
    source: str
    run: ImportRun
    now: datetime
    hunch: Hunch
    tried: Texts | None = None

    def write(self, sales: Sequence[Sale], taken: Taken) -> None:
        written, refused = self._written(sales)
        if self.tried:
            self.tried.put((sale.external_id for sale in written), "")
        refused_rows = [Refusal(sale.row, FORGOTTEN, LEAVE_OUT) for sale in refused]
        taken.refused += refused_rows
        taken.created += len(written)
        taken.unchanged += len(sales) - len(written) - len(refused_rows)

    def _written(self, sales: Sequence[Sale]) -> tuple[list[Sale], list[Sale]]:
        """A rival that wrote one of these keys or sales meanwhile has committed: now they are found."""
        for _try in range(MOST_TRIES - 1):
            with suppress(IntegrityError, _Merged), transaction.atomic():
                return self._write(sales)
            self.hunch.meets_sales = True
        with transaction.atomic():
            return self._write(sales)

    def _write(self, sales: Sequence[Sale]) -> tuple[list[Sale], list[Sale]]:
        """Those that are new, and those of people who asked to be forgotten."""
        new = self._new(sales)
        if self.tried:
            new = [sale for sale in new if self.tried.get([sale.external_id]) is None]
        if not new:
            return [], []
        customers, refused = self._customers(new)
        made = [customer for customer in customers if customer.is_new]
        known = [customer for customer in customers if not customer.is_new]
        keys_add([(customer.contact_id, key) for customer in customers for key in customer.keys], now=self.now)
        self._make(made)
        written = [sale for customer in customers for sale in customer.sales]
        self._add(written)
        self._count(known)
        return written, refused

    def _new(self, sales: Sequence[Sale]) -> list[Sale]:
        """Those that do not stand yet, each once."""
        once = list({sale.external_id: sale for sale in reversed(sales)}.values())[::-1]
        if not self.hunch.meets_sales:
            return once
        stage = Stage("staged_sales", {"place": "bigint", "source": "text", "external_id": "text"})
        stage.fill((place, self.source, sale.external_id) for place, sale in enumerate(once))
        there = {place for (place,) in stage.joined(STANDING)}
        self.hunch.meets_sales = bool(there)
        return [sale for place, sale in enumerate(once) if place not in there]

    # --- who bought ---

    def _customers(self, sales: Sequence[Sale]) -> tuple[list[Customer], list[Sale]]:
        by_number: dict[str, list[Sale]] = defaultdict(list)
        numbers: dict[str, Key] = {}
        for sale in sales:
            name = f"{sale.number.kind} {sale.number.value}"
            by_number[name].append(sale)
            numbers.setdefault(name, sale.number)
        owners = self._owners(numbers)
        strangers = [number for number in by_number if number not in owners]
        addresses = {
            number: _address_key(by_number[number][0].address) for number in strangers if by_number[number][0].address
        }
        homes = self._owners(addresses)
        customers: dict[int, Customer] = {}
        for number, contact_id in owners.items():
            _join(customers, contact_id, by_number[number], [])
        for number, contact_id in homes.items():
            _join(customers, contact_id, by_number[number], [numbers[number]])
        alone = [number for number in strangers if number not in homes]
        made, refused = self._strangers(alone, by_number, numbers, addresses)
        found = [*customers.values(), *made]
        for customer in found:
            for sale in customer.sales:
                sale.contact_id = customer.contact_id
        return found, refused

    def _strangers(
        self,
        alone: Sequence[str],
        by_number: Mapping[str, list[Sale]],
        numbers: Mapping[str, Key],
        addresses: Mapping[str, Key],
    ) -> tuple[list[Customer], list[Sale]]:
        """New people (two numbers with one address are one of them), and the sales of those who stay forgotten."""
        among = erased_hashes()
        refused: list[Sale] = []
        groups: dict[str, list[str]] = defaultdict(list)
        for number in alone:
            keys = [numbers[number], *([addresses[number]] if number in addresses else [])]
            if is_forgotten(keys, among=among):  # type: ignore[arg-type] # looks at kind, source, value
                refused += by_number[number]
            else:
                groups[f"{keys[-1].kind} {keys[-1].value}"].append(number)
        made = []
        for contact_id, group in zip(take_ids(Contact, len(groups)), groups.values(), strict=True):
            keys = _once(named[number] for number in group for named in (numbers, addresses) if number in named)
            sales = list(chain.from_iterable(by_number[number] for number in group))
            made.append(Customer(contact_id, sales, keys, True))
        return made, refused

    def _owners(self, keys: Mapping[str, Key]) -> dict[str, int]:
        """Name → who has that key, as they stand now."""
        names = list(keys)
        stage = Stage("staged_customers", {"place": "bigint", "kind": "text", "source": "text", "value": "text"})
        stage.fill((place, *keys[name][:3]) for place, name in enumerate(names))
        found = {names[place]: contact_id for place, contact_id in stage.joined(OWNERS)}
        moved = _merged(set(found.values()))
        return {name: moved.get(contact_id, contact_id) for name, contact_id in found.items()}

    # --- rows ---

    def _make(self, customers: Sequence[Customer]) -> None:
        base = defaults_of(Contact, but=("public_id", *COUNTED))
        base |= {"created_at": self.now, "updated_at": self.now, "import_run_id": self.run.pk}
        publics = new_public_ids("con", len(customers))
        rows = []
        for customer, public_id in zip(customers, publics, strict=True):
            figures = Figures()
            count_in(figures, customer.sales)
            rows.append((customer.contact_id, public_id, *counted(figures)))
        add_rows(Contact, ["id", "public_id", *COUNTED], rows, same=base)

    def _add(self, sales: Sequence[Sale]) -> None:
        own = ("contact_id", "external_id", "occurred_at", "amount", "unit", "quantity")
        base = defaults_of(Purchase, but=own)
        base |= {"source": self.source, "import_run_id": self.run.pk, "created_at": self.now}
        rows = (
            (sale.contact_id, sale.external_id, sale.occurred_at, sale.amount, sale.unit, sale.quantity)
            for sale in sorted(sales, key=_external_id)
        )
        add_rows(Purchase, own, rows, same=base)

    def _count(self, customers: Sequence[Customer]) -> None:
        """Of people who are known. What changed is kept, but for those whom this run has made itself."""
        if not customers:
            return
        before = _columns([customer.contact_id for customer in customers])
        contacts = purchases_count(new=[sale for customer in customers for sale in customer.sales])
        if any(contact.merged_into_id for contact in contacts):
            raise _Merged
        keys = {customer.contact_id: customer.keys for customer in customers}
        changes: list[Change] = []
        for contact in contacts:
            if contact.import_run_id is None or contact.import_run_id != self.run.pk:
                after = {name: getattr(contact, name) for name in COUNTED}
                change = difference(contact.pk, before[contact.pk], after)
                change.keys = [list(key[:3]) for key in keys[contact.pk]]
                changes.append(change)
        changes_record(changes=changes, run=self.run)


_external_id = attrgetter("external_id")
counted = attrgetter(*COUNTED)


def _once(keys: Iterable[Key]) -> list[Key]:
    """Each as it is first written."""
    found: dict[tuple[str, ...], Key] = {}
    for key in keys:
        found.setdefault(key[:3], key)
    return list(found.values())


def _join(customers: dict[int, Customer], contact_id: int, sales: list[Sale], keys: list[Key]) -> None:
    customer = customers.setdefault(contact_id, Customer(contact_id, [], [], False))
    customer.sales += sales
    customer.keys += [key for key in keys if key not in customer.keys]


def _address_key(address: str) -> Key:
    key = email_key(address)
    return Key(EMAIL, "", key.value, key.shown, key.strict)


def _merged(ids: Iterable[int]) -> dict[int, int]:
    """Of those who were merged into somebody: into whom in the end."""
    gone = [
        contact
        for among in _parts(list(ids))
        for contact in Contact.objects.filter(pk__in=among, merged_into__isnull=False)
    ]
    return {contact.pk: standing(contact).pk for contact in gone}


def _columns(ids: Sequence[int]) -> dict[int, dict[str, object]]:
    found = {}
    for among in _parts(ids):
        for pk, *values in Contact.objects.filter(pk__in=among).values_list("pk", *COUNTED):
            found[pk] = dict(zip(COUNTED, values, strict=True))
    return found


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + IDS_A_QUERY] for start in range(0, len(ids), IDS_A_QUERY)]
