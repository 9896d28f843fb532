"""What the books say of the company: what it owes, a month from opening to closing balance, and of one campaign.

A month's closing balance is reckoned twice: forwards from the first transfer, and back from the balances that stand on
the accounts today. Both are asked in one statement, so that nothing can be posted in between.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BigIntegerField, CharField, Count, F, Q, QuerySet, Sum, Value

from rewards.models import Account, Transfer

Kind = Account.Kind
# Owed until it has left the company: also money that the bank has been told to pay.
LIABILITIES = (Kind.RESERVED, Kind.OWED, Kind.CREDIT, Kind.IN_TRANSIT)
CHUNK = 2_000

DEBITS, CREDITS, BALANCES = "debits", "credits", "balances"


@dataclass(slots=True)
class MonthLine:
    """All accounts of one kind and unit. A balance is what was credited less what was debited."""

    kind: str
    unit: str
    opening: int = 0
    debits: int = 0
    credits: int = 0
    later: int = 0
    today: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.credits - self.debits

    @property
    def is_proven(self) -> bool:
        return self.closing == self.today - self.later


@dataclass(frozen=True, slots=True)
class Movement:
    """All transfers of a campaign from one kind of account to another."""

    debit: str
    credit: str
    times: int
    amount: int


@dataclass(frozen=True, slots=True)
class CampaignStatement:
    """`opening` and `closing` by kind of account: funding (below zero: what it has cost), promised, expired."""

    opening: Mapping[str, int]
    closing: Mapping[str, int]
    movements: list[Movement] = field(default_factory=list)


def month_lines(since: datetime, until: datetime) -> list[MonthLine]:
    """By unit, then in the order of the chart. Until `until`, and not with it."""
    lines: dict[tuple[str, str], MonthLine] = {}
    for what, kind, unit, before, within, after in _sums(since, until):
        line = lines.setdefault((kind, unit), MonthLine(kind, unit))
        sign = -1 if what == DEBITS else 1
        if what == BALANCES:
            line.today = before
            continue
        line.opening += sign * before
        line.later += sign * after
        if what == DEBITS:
            line.debits = within
        else:
            line.credits = within
    order = list(Kind)
    return sorted(lines.values(), key=lambda line: (line.unit, order.index(Kind(line.kind))))


def liability(until: datetime) -> dict[str, dict[str, int]]:
    """Unit → kind of account → what stood on it just before `until`, of the kinds that are owed and what is netted."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for line in month_lines(until, until):
        if line.kind in (*LIABILITIES, Kind.RECEIVABLE) and line.opening:
            found[line.unit][line.kind] = line.opening
    return dict(found)


def liability_total(amounts: Mapping[str, int]) -> int:
    return sum(amounts.get(kind, 0) for kind in LIABILITIES)


def transfers_between(since: datetime, until: datetime) -> Iterator[Transfer]:
    """In the order in which they happened."""
    found = Transfer.objects.filter(occurred_at__gte=since, occurred_at__lt=until).select_related("debit", "credit")
    return found.order_by("occurred_at", "pk").iterator(chunk_size=CHUNK)


def campaign_statement(party_key: str, unit: str, since: datetime, until: datetime) -> CampaignStatement:
    theirs = Transfer.objects.filter(Q(debit__party_key=party_key) | Q(credit__party_key=party_key), unit=unit)
    rows = theirs.filter(occurred_at__gte=since, occurred_at__lt=until).values_list("debit__kind", "credit__kind")
    summed = rows.annotate(times=Count("pk"), total=Sum("amount")).order_by("debit__kind", "credit__kind")
    movements = [Movement(*row) for row in summed]
    opening = _standing(party_key, unit, since)
    closing = _standing(party_key, unit, until)
    return CampaignStatement(opening, closing, movements)


def _standing(party_key: str, unit: str, until: datetime) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for side, sign in (("debit", -1), ("credit", 1)):
        theirs = Transfer.objects.filter(**{f"{side}__party_key": party_key}, unit=unit, occurred_at__lt=until)
        for kind, total in theirs.order_by().values_list(f"{side}__kind").annotate(Sum("amount")):
            found[kind] += sign * total
    return dict(found)


def _sums(since: datetime, until: datetime) -> "QuerySet[Account, tuple[str, str, str, int, int, int]]":
    """(what, kind, unit, before, within, after) in one statement; of balances, all stands in `before`."""
    debits, credits_ = (_side(side, since, until) for side in ("debit", "credit"))
    nothing = Value(0, output_field=BigIntegerField())
    balances = Account.objects.order_by().values_list(_word(BALANCES), "kind", "unit")
    return balances.annotate(Sum("balance"), within=nothing, after=nothing).union(debits, credits_, all=True)


def _side(side: str, since: datetime, until: datetime) -> "QuerySet[Transfer, tuple[object, ...]]":
    times = {
        "before": Q(occurred_at__lt=since),
        "within": Q(occurred_at__gte=since, occurred_at__lt=until),
        "after": Q(occurred_at__gte=until),
    }
    sums = {name: Sum("amount", filter=when, default=0) for name, when in times.items()}
    named = Transfer.objects.order_by().values_list(_word(f"{side}s"), F(f"{side}__kind"), "unit")
    return named.annotate(**sums)


def _word(word: str) -> Value:
    return Value(word, output_field=CharField())
