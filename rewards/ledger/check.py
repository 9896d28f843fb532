"""Proves the books from outside the services that write them."""

from collections.abc import Iterator

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from advocates.guards import missing_guards
from rewards.models import Account, BudgetPeriod, LimitUse, Transfer


def ledger_problems() -> list[str]:
    """A line for each offending row; empty when the books are sound."""
    return [*_guards(), *_balances(), *_negative(), *_units(), *_counters()]


def _guards() -> Iterator[str]:
    for name in missing_guards(connection):
        yield f"guard {name} is missing: run migrate"


def _balances() -> Iterator[str]:
    """A balance is what was credited less what was debited, and the balances of a unit add up to nothing."""
    accounts = Account.objects.annotate(moved=_sum("credit") - _sum("debit")).exclude(balance=F("moved"))
    for account in accounts:
        yield f"account {account.pk} ({account}): balance {account.balance}, transfers say {account.moved}"
    totals = Account.objects.order_by("unit").values_list("unit").annotate(Sum("balance"))
    for unit, total in totals:
        if total:
            yield f"unit {unit}: all balances add up to {total}, not 0"


def _negative() -> Iterator[str]:
    for account in Account.objects.filter(balance__lt=0).exclude(kind__in=Account.MAY_BE_NEGATIVE):
        yield f"account {account.pk} ({account}): {account.balance} is below zero"


def _units() -> Iterator[str]:
    for side in ("debit", "credit"):
        for transfer in Transfer.objects.exclude(unit=F(f"{side}__unit")):
            yield f"transfer {transfer.pk} ({transfer.key}): its unit is not that of its {side} account"
    for transfer in Transfer.objects.filter(amount__lt=1):
        yield f"transfer {transfer.pk} ({transfer.key}): amount {transfer.amount}"


def _counters() -> Iterator[str]:
    counters: list[QuerySet[BudgetPeriod] | QuerySet[LimitUse]] = [
        BudgetPeriod.objects.filter(used__gt=F("cap")),
        LimitUse.objects.filter(used__gt=F("cap")),
    ]
    for counter in counters:
        for row in counter:
            yield f"{row._meta.verbose_name} {row.pk} ({row}): {row.used} of {row.cap} used"


def _sum(side: str) -> Coalesce:
    total = Transfer.objects.filter(**{side: OuterRef("pk")}).order_by().values(side).annotate(Sum("amount"))
    return Coalesce(Subquery(total.values("amount__sum")), 0, output_field=BigIntegerField())
