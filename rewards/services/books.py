"""What each step of a reward means in the books. The step is part of the key: posted once, whatever is retried."""

from datetime import datetime

from django.utils.translation import gettext_noop

from rewards.ledger.chart import AccountRef, expired, funding, personal, reserved
from rewards.ledger.post import account_get, post
from rewards.locks import account_lock
from rewards.models import Account, Reward, RewardEvent, RewardRule
from rewards.payout_plan import debts_in
from rewards.selectors import is_booked, is_reserved

Kind = Account.Kind
KEPT_BACK = gettext_noop("kept back for what was taken back")


def book_reserve(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    if is_reserved(reward):
        memo = gettext_noop("set aside")
        _post(reward, step, "reserve", funding(reward), reserved(reward), reward.amount, memo, now)


def holding_account(reward: Reward) -> AccountRef | None:
    """Where the money for an unpaid reward stands now; None when none is set aside."""
    if not is_reserved(reward):
        return None
    is_owed = reward.status == Reward.Status.APPROVED and reward.benefit == RewardRule.Benefit.CASH
    return personal(Kind.OWED, reward) if is_owed else reserved(reward)


def book_release(*, reward: Reward, step: RewardEvent, held_in: AccountRef, amount: int, now: datetime) -> None:
    """`amount` of what was promised is not to be: back to the campaign, from where it stood before the step."""
    _post(reward, step, "release", held_in, funding(reward), amount, gettext_noop("no longer promised"), now)


def book_owe(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    if is_booked(reward):
        memo = gettext_noop("approved")
        _post(reward, step, "owe", reserved(reward), personal(Kind.OWED, reward), reward.amount, memo, now)


def book_credit(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    """What the person has to give back is kept back first."""
    if not is_booked(reward):
        return
    kept_back = min(_debt(reward), reward.amount)
    if kept_back:
        _post(reward, step, "net", reserved(reward), personal(Kind.RECEIVABLE, reward), kept_back, KEPT_BACK, now)
    if reward.amount > kept_back:
        memo = gettext_noop("account credit given")
        given = reward.amount - kept_back
        _post(reward, step, "credit", reserved(reward), personal(Kind.CREDIT, reward), given, memo, now)


def is_kept_back(reward: Reward) -> bool:
    """Is all of this money less than what the person has to give back? Then it is not worth a payment."""
    return is_booked(reward) and _debt(reward) >= reward.amount


def book_kept_back(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    owed, owing = personal(Kind.OWED, reward), personal(Kind.RECEIVABLE, reward)
    _post(reward, step, "net", owed, owing, reward.amount, KEPT_BACK, now)


def book_give(*, reward: Reward, step: RewardEvent, now: datetime, to: AccountRef | None = None) -> None:
    """Something was handed over: to the person who is rewarded, unless it goes `to` somebody else."""
    if is_booked(reward):
        receiver = to or personal(Kind.PAID, reward)
        _post(reward, step, "give", reserved(reward), receiver, reward.amount, gettext_noop("given"), now)


def book_coupon_used(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    if is_booked(reward):
        memo = gettext_noop("coupon used")
        _post(reward, step, "use", reserved(reward), personal(Kind.PAID, reward), reward.amount, memo, now)


def book_coupon_returned(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    if is_booked(reward):
        memo = gettext_noop("coupon good again")
        _post(reward, step, "return", personal(Kind.PAID, reward), reserved(reward), reward.amount, memo, now)


def book_coupon_expired(*, reward: Reward, step: RewardEvent, now: datetime) -> None:
    if is_booked(reward):
        memo = gettext_noop("coupon expired")
        _post(reward, step, "expire", reserved(reward), expired(reward), reward.amount, memo, now)


def book_not_taken(*, reward: Reward, step: RewardEvent, held_in: AccountRef, now: datetime) -> None:
    """Nobody took it in time: from where it stood before the step."""
    _post(reward, step, "expire", held_in, expired(reward), reward.amount, gettext_noop("not taken in time"), now)


def book_take_back(*, reward: Reward, step: RewardEvent, amount: int, now: datetime) -> None:
    """After it was received: from the person's account credit as far as that reaches, the rest they owe us."""
    if not is_booked(reward):
        return
    credit = personal(Kind.CREDIT, reward)
    from_credit = 0
    if reward.benefit == RewardRule.Benefit.CREDIT:
        from_credit = min(amount, account_lock(account_get(credit).pk).balance)
    parts = [
        ("credit", credit, from_credit),
        ("owing", personal(Kind.RECEIVABLE, reward), amount - from_credit),
    ]
    for name, source, part in parts:
        if part:
            memo = gettext_noop("taken back")
            _post(reward, step, f"take_back_{name}", source, funding(reward), part, memo, now)


def _debt(reward: Reward) -> int:
    """What the person has to give back, less what payments that wait keep back already. Held until it is booked."""
    owing = Account.objects.filter(
        kind=Kind.RECEIVABLE, party_key=reward.party_key, unit=reward.unit, balance__lt=0
    ).first()
    if owing is None:
        return 0
    account_lock(owing.pk)
    return debts_in(reward.unit).get(reward.party_key, 0)


def _post(
    reward: Reward,
    step: RewardEvent,
    what: str,
    debit: AccountRef,
    credit: AccountRef,
    amount: int,
    memo: str,
    now: datetime,
) -> None:
    key = f"reward:{reward.public_id}:{what}:{step.pk}"
    post(key=key, debit=debit, credit=credit, amount=amount, reference=reward.public_id, memo=memo, now=now)
