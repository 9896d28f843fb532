"""Balances of two people who became one, by ordinary transfers: an account itself never changes whose it is."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _, gettext_noop

from advocates.errors import NoMerge
from advocates.models import ContactMerge
from advocates.people import Move
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import account_get, post
from rewards.locks import account_lock
from rewards.models import Account, Payout, Reward, RewardRule, Transfer
from rewards.rules.registry import PERCENT

Kind = Account.Kind
# What stands as paid once somebody has it. Money is paid by payouts, account credit when it is spent.
HANDED_OVER = [
    benefit
    for benefit in RewardRule.Benefit.values
    if benefit not in (RewardRule.Benefit.CASH, RewardRule.Benefit.CREDIT, RewardRule.Benefit.DONATION)
]
PERSONAL = (Kind.OWED, Kind.CREDIT, Kind.IN_TRANSIT, Kind.PAID, Kind.RECEIVABLE)


def accounts_over(move: Move) -> list[Any]:
    """Everything that stands on the accounts of the one who goes: `{kind, unit, amount}`, below zero for a debt."""
    merge = merge_of(move)
    moved = []
    for account in Account.objects.filter(party_key=move.gone.public_id).exclude(balance=0).order_by("pk"):
        balance = account_lock(account.pk).balance
        if account.kind == Kind.IN_TRANSIT:
            raise NoMerge(_("Money is on its way to one of the two."))
        _transfer(merge, "over", account.kind, account.unit, balance, move.gone.public_id, move.kept.public_id, move)
        moved.append({"kind": account.kind, "unit": account.unit, "amount": balance})
    return moved


def accounts_back(move: Move, moved: Sequence[Any]) -> None:
    """As much as is still there; what is not is written on the merge, for a person to see."""
    merge = merge_of(move)
    left = []
    for kind, unit in _accounts(move, moved):
        wanted = _due_back(kind, unit, moved, move)
        there = account_lock(account_get(AccountRef(kind, move.kept.public_id, unit)).pk).balance
        amount = max(wanted, min(there, 0)) if wanted < 0 else min(wanted, max(there, 0))
        if amount:
            _transfer(merge, "back", kind, unit, amount, move.kept.public_id, move.gone.public_id, move)
        if amount != wanted:
            left.append({"kind": kind, "unit": unit, "amount": wanted - amount})
    if left:
        merge.before = merge.before | {"left": left}
        merge.save(update_fields=["before"])


def merge_of(move: Move) -> ContactMerge:
    """The merge that this move belongs to."""
    return ContactMerge.objects.filter(kept=move.kept, gone=move.gone, undone_at=None).latest("pk")


def _accounts(move: Move, moved: Sequence[Any]) -> list[tuple[str, str]]:
    """Those that were moved, and those on which something of the given-back rewards stands by now."""
    known = {(row["kind"], row["unit"]) for row in moved}
    return sorted(known | {(str(Kind.OWED), unit) for unit in _owed(move)})


def _due_back(kind: str, unit: str, moved: Sequence[Any], move: Move) -> int:
    """Owed is what the rewards that went back are worth now; of the rest, at most what came."""
    came: int = sum(row["amount"] for row in moved if (row["kind"], row["unit"]) == (kind, unit))
    if kind == Kind.OWED:
        return _owed(move).get(unit, 0)
    return min(came, _paid(move, unit)) if kind == Kind.PAID else came


def _owed(move: Move) -> dict[str, int]:
    owed = Reward.objects.filter(
        party_key=move.gone.public_id,
        benefit=RewardRule.Benefit.CASH,
        status=Reward.Status.APPROVED,
        is_test=False,
    ).exclude(unit=PERCENT)
    return dict(owed.order_by("unit").values_list("unit").annotate(Sum("amount")))


def _paid(move: Move, unit: str) -> int:
    """What the payouts and used coupons that went back have brought the person, and what credit of theirs was spent."""
    payouts = Payout.objects.filter(contact=move.gone, unit=unit, status=Payout.Status.SETTLED)
    coupons = Reward.objects.filter(
        party_key=move.gone.public_id,
        benefit__in=HANDED_OVER,
        unit=unit,
        status__in=[Reward.Status.FULFILLED, Reward.Status.REVERSED],
        is_test=False,
    )
    spent = Transfer.objects.filter(
        debit__party_key=move.gone.public_id, debit__kind=Kind.CREDIT, credit__kind=Kind.PAID, unit=unit
    )
    total = [rows.aggregate(total=Sum("amount"))["total"] or 0 for rows in (payouts, coupons, spent)]
    return sum(total)


def _transfer(
    merge: ContactMerge, way: str, kind: str, unit: str, amount: int, giver: str, taker: str, move: Move
) -> None:
    """A debt goes the other way: whoever takes it over is debited."""
    debit, credit = (giver, taker) if amount > 0 else (taker, giver)
    key = f"merge:{merge.public_id}:{way}:{kind}:{unit}"
    # What came late goes over by a transfer of its own. The people are held: nobody else counts at this moment.
    times = Transfer.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:")).count()
    post(
        key=f"{key}:{times}" if times else key,
        debit=AccountRef(kind, debit, unit),
        credit=AccountRef(kind, credit, unit),
        amount=abs(amount),
        reference=merge.public_id,
        memo=gettext_noop("two people became one") if way == "over" else gettext_noop("two people again"),
        now=move.now,
    )
