"""What the books say of a person, to be read: lines, newest first, and what stands after each.

The balance is what is a person's and has not reached them: owed, account credit, money on its way, less what is to be
netted. What was paid, used or spent has left it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Q, QuerySet, Sum

from rewards.models import Account, Transfer

Kind = Account.Kind
# The accounts that make up the balance.
HELD = (Kind.OWED, Kind.CREDIT, Kind.IN_TRANSIT, Kind.RECEIVABLE)
MOST_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """`change`: what the balance gained or lost, 0 for what only moved inside it; `balance`: after it."""

    transfer: Transfer
    change: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """Of one person in one unit. `opening` + the changes of `lines`, newest first, = `closing`."""

    unit: str
    opening: int
    closing: int
    lines: list[Line]
    balances: dict[str, int]
    is_cut: bool


def person_statement(
    party_key: str, unit: str, *, since: datetime | None = None, until: datetime | None = None
) -> Statement:
    """From `since` up to but not with `until`; at most MOST_LINES, the older ones are in `opening`."""
    newest = _transfers(party_key, unit).select_related("debit", "credit").order_by("-pk")
    # One question: lines and balance are of one moment, whatever is posted meanwhile.
    every = list(newest)
    balances = _balances(party_key, every)
    told = [one for one in every if not until or one.occurred_at < until]
    inside = [one for one in told if not since or one.occurred_at >= since]
    later = sum(_change(party_key, one) for one in every if until and one.occurred_at >= until)
    closing = sum(balances.get(kind, 0) for kind in HELD) - later
    lines = list(_lines(party_key, inside[:MOST_LINES], closing))
    opening = closing - sum(line.change for line in lines)
    return Statement(unit, opening, closing, lines, balances, len(inside) > MOST_LINES)


def units_of(party_key: str) -> list[str]:
    """The units in which something was ever booked for this person."""
    theirs = Transfer.objects.filter(Q(debit__party_key=party_key) | Q(credit__party_key=party_key))
    return sorted(set(theirs.values_list("unit", flat=True)))


def years_of(party_key: str, zone: ZoneInfo) -> list[int]:
    """The years of the person's lines, the latest first."""
    theirs = Transfer.objects.filter(Q(debit__party_key=party_key) | Q(credit__party_key=party_key))
    ends = theirs.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    if ends["first"] is None:
        return []
    return list(range(ends["last"].astimezone(zone).year, ends["first"].astimezone(zone).year - 1, -1))


def credit_of(party_key: str, unit: str) -> int:
    """The account credit that is left."""
    accounts = Account.objects.filter(kind=Kind.CREDIT, party_key=party_key, unit=unit)
    total: int = accounts.aggregate(total=Sum("balance"))["total"] or 0
    return total


def _transfers(party_key: str, unit: str) -> QuerySet[Transfer]:
    theirs = Account.objects.filter(party_key=party_key, unit=unit).values("pk")
    return Transfer.objects.filter(Q(debit__in=theirs) | Q(credit__in=theirs))


def _balances(party_key: str, transfers: Iterable[Transfer]) -> dict[str, int]:
    found: dict[str, int] = {}
    for transfer in transfers:
        for account, amount in ((transfer.debit, -transfer.amount), (transfer.credit, transfer.amount)):
            if account.party_key == party_key:
                found[account.kind] = found.get(account.kind, 0) + amount
    return {kind: amount for kind, amount in found.items() if amount}


def _change(party_key: str, transfer: Transfer) -> int:
    sides = ((transfer.debit, -transfer.amount), (transfer.credit, transfer.amount))
    return sum(amount for account, amount in sides if account.party_key == party_key and account.kind in HELD)


def _lines(party_key: str, transfers: Iterable[Transfer], closing: int) -> Iterator[Line]:
    balance = closing
    for transfer in transfers:
        change = _change(party_key, transfer)
        yield Line(transfer, change, balance)
        balance -= change
