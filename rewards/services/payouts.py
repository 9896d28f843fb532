"""Money leaves in runs: one person prepares, a second approves, a file goes to the bank, its answer is noted.

Each move is a conditional update: of two people who press a button at once, one is told to look again.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _, ngettext

from advocates.models import User
from advocates.services.audit import audit
from advocates.standing import standing
from config.lib.money import Money
from config.lib.states import NotAllowed, TransitionTable, move
from rewards.errors import FourEyes, NothingToPay, OwnPayout, RunOutdated
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import Entry
from rewards.ledger.post_all import post_all
from rewards.locks import company_lock, rewards_lock
from rewards.models import Account, Payout, PayoutLine, PayoutRun, Reward
from rewards.models.ledger import AccountKind
from rewards.payout_plan import PayoutPlan, debts_in, due_units, payout_plan
from rewards.services.moves import reward_move
from rewards.services.payout_news import tell_payout_paid, tell_payout_returned
from rewards.services.payout_run_files import run_csv

FOUR_EYES_CONSTRAINT = "payout_run_four_eyes"

# A run is closed in two ways, and each of them starts somewhere else.
SETTLING = TransitionTable({PayoutRun.Status.EXPORTED: [PayoutRun.Status.CLOSED]})
CANCELLING = TransitionTable(
    {PayoutRun.Status.DRAFT: [PayoutRun.Status.CLOSED], PayoutRun.Status.APPROVED: [PayoutRun.Status.CLOSED]}
)


def payout_run_prepare(*, unit: str, actor: User | None, now: datetime) -> PayoutRun:
    """A draft run of all approved money in `unit`; one payment a person, less what they have to give back.

    `actor` None: the schedule prepares. Raises NothingToPay, or BadAmount when it is more than a run may hold.
    """
    with transaction.atomic():
        company = company_lock()
        plan = payout_plan(unit=unit, now=now)
        if not plan.paid:
            raise NothingToPay(_("Nobody can be paid in %(unit)s at the moment.") % {"unit": unit})
        run = PayoutRun.objects.create(
            unit=unit,
            total=Money(plan.total, unit).amount,
            prepared_by=actor,
            prepared_at=now,
            four_eyes=company.four_eyes,
            four_eyes_amount=company.four_eyes_amount,
            four_eyes_unit=company.currency,
        )
        _lines_write(run, plan)
        audit(verb="payout_run_prepare", row=run, actor=actor, by="" if actor else "schedule", after=_facts(run))
    return run


def payout_run_approve(*, run: PayoutRun, actor: User, now: datetime) -> None:
    """The second pair of eyes. The database decides whether `actor` may be that; its refusal is FourEyes.

    Raises OwnPayout when the run pays `actor`, RunOutdated when a reward in it has changed.
    """
    with transaction.atomic():
        if actor.contact_id and run.payouts.filter(contact=actor.contact_id).exists():
            raise OwnPayout(_("This run pays you. Somebody else has to approve it."))
        _lines_checked(run)
        _approved(run, actor=actor, now=now)
        audit(verb="payout_run_approve", row=run, actor=actor, before={"status": "draft"}, after=_facts(run))


def payout_run_export(*, run: PayoutRun, actor: User, now: datetime) -> bytes:
    """The file for the bank; from now on the money counts as in transit and the rewards as being paid.

    The file is made in the same transaction: an account that cannot be read stops the run in time.
    Raises RunOutdated, or NotAllowed and Stale as every move does.
    """
    with transaction.atomic():
        rewards = _lines_checked(run)
        move(run, to=PayoutRun.Status.EXPORTED, table=PayoutRun.MOVES, exported_at=now)
        entries = []
        for payout in _payouts(run, Payout.Status.READY):
            move(payout, to=Payout.Status.SUBMITTED, table=Payout.MOVES)
            entries += _entry(payout, "net", Account.Kind.OWED, Account.Kind.RECEIVABLE, payout.netted)
            entries += _entry(payout, "sent", Account.Kind.OWED, Account.Kind.IN_TRANSIT, payout.amount)
        post_all(entries=entries, now=now)
        for reward in rewards:
            reward_move(reward=reward, to=Reward.Status.PROCESSING, actor=actor, now=now)
        audit(verb="payout_run_export", row=run, actor=actor, before={"status": "approved"}, after=_facts(run))
        return run_csv(run)


def payout_run_settle(*, run: PayoutRun, actor: User, now: datetime) -> None:
    """The bank has paid: what has not come back is settled, its rewards are received, people are told."""
    with transaction.atomic():
        move(run, to=PayoutRun.Status.CLOSED, table=SETTLING, closed_at=now)
        for payout in _payouts(run, Payout.Status.SUBMITTED):
            _settled(payout, actor=actor, now=now)
        audit(verb="payout_run_settle", row=run, actor=actor, before={"status": "exported"}, after=_facts(run))


def payout_run_cancel(*, run: PayoutRun, actor: User, now: datetime) -> None:
    """Nothing has left yet: the rewards are free for the next run. Raises NotAllowed once exported."""
    with transaction.atomic():
        before = move(run, to=PayoutRun.Status.CLOSED, table=CANCELLING, closed_at=now)
        for payout in _payouts(run, Payout.Status.READY):
            move(payout, to=Payout.Status.CANCELLED, table=Payout.MOVES)
            _lines_release(payout, now=now)
        audit(verb="payout_run_cancel", row=run, actor=actor, before={"status": before}, after=_facts(run))


def payout_take_out(*, payout: Payout, actor: User, reason: str, now: datetime) -> None:
    """One person is not paid by this draft after all; their rewards are free for the next run.

    Raises NotAllowed once the run is approved, since somebody has agreed to its total, and for its last payment.
    """
    with transaction.atomic():
        if not _total_lowered(payout):
            raise NotAllowed(_("Only a draft can be changed. Cancel the run and prepare it again."))
        if not payout.run.payouts.filter(status=Payout.Status.READY).exclude(pk=payout.pk).exists():
            raise NotAllowed(_("Nobody else is paid by this run. Cancel the run instead."))
        move(payout, to=Payout.Status.CANCELLED, table=Payout.MOVES, reason=reason)
        _lines_release(payout, now=now)
        after = {"status": payout.status, "amount": payout.amount, "unit": payout.unit}
        audit(verb="payout_take_out", row=payout, actor=actor, before={"status": "ready"}, after=after, reason=reason)


def _total_lowered(payout: Payout) -> int:
    """The run's row is the lock: who approves it agrees to the total before or after, never to something between."""
    draft = PayoutRun.objects.filter(pk=payout.run_id, status=PayoutRun.Status.DRAFT)
    return draft.update(total=F("total") - payout.amount)


def payout_return(*, payout: Payout, actor: User, reason: str, now: datetime) -> None:
    """The money came back, before or after the run was settled. It is owed again and stands in the next run.

    The person is told, so that they can look at the account that they gave.
    """
    with transaction.atomic():
        before = move(payout, to=Payout.Status.RETURNED, table=Payout.MOVES, reason=reason, returned_at=now)
        was_settled = before == Payout.Status.SETTLED
        back_from = Account.Kind.PAID if was_settled else Account.Kind.IN_TRANSIT
        _post(payout, "returned", back_from, Account.Kind.OWED, payout.amount, now=now)
        _post(payout, "unnet", Account.Kind.RECEIVABLE, Account.Kind.OWED, payout.netted, now=now)
        rewards = rewards_lock(Reward.objects.filter(payout_lines__in=payout.lines.standing()))
        _lines_release(payout, now=now)
        for reward in rewards:
            _owed_again(payout, reward, actor=actor, reason=reason, now=now)
        tell_payout_returned(payout=payout, now=now)
        after = {"status": payout.status, "amount": payout.amount, "unit": payout.unit}
        audit(
            verb="payout_return",
            row=payout,
            actor=actor,
            before={"status": before},
            after=after,
            reason=reason,
        )


def payouts_prepare(now: datetime) -> dict[str, int]:
    """The job: a draft for each currency in which somebody can be paid and no draft waits already."""
    waiting = PayoutRun.objects.filter(status=PayoutRun.Status.DRAFT).values_list("unit", flat=True)
    prepared = 0
    for unit in sorted(set(due_units()) - set(waiting)):
        try:
            payout_run_prepare(unit=unit, actor=None, now=now)
        except NothingToPay:
            continue
        prepared += 1
    return {"prepared": prepared}


def _approved(run: PayoutRun, *, actor: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            move(run, to=PayoutRun.Status.APPROVED, table=PayoutRun.MOVES, approved_by=actor, approved_at=now)
    except IntegrityError as error:
        if FOUR_EYES_CONSTRAINT not in str(error):
            raise
        raise FourEyes(_("You prepared this run. A second person has to approve it.")) from error


def _lines_write(run: PayoutRun, plan: PayoutPlan) -> None:
    payouts = Payout.objects.bulk_create(
        Payout(
            run=run,
            contact=share.contact,
            method=share.method,
            unit=run.unit,
            amount=share.amount,
            netted=share.netted,
        )
        for share in plan.paid
    )
    PayoutLine.objects.bulk_create(
        PayoutLine(payout=payout, reward=reward, live_key=f"reward:{reward.pk}", amount=reward.amount)
        for payout, share in zip(payouts, plan.paid, strict=True)
        for reward in share.rewards
    )


def _lines_checked(run: PayoutRun) -> list[Reward]:
    """The rewards of the run, locked. Raises RunOutdated unless each is still approved with that amount."""
    amounts = dict(PayoutLine.objects.standing().filter(payout__run=run).values_list("reward_id", "amount"))
    rewards = rewards_lock(Reward.objects.filter(payout_lines__payout__run=run, payout_lines__released_at=None))
    lines = PayoutLine.objects.standing().filter(payout__run=run)
    paid_to = dict(lines.values_list("reward_id", "payout__contact_id"))
    changed = [
        reward
        for reward in rewards
        if reward.status != Reward.Status.APPROVED
        or reward.amount != amounts[reward.pk]
        or reward.contact_id != paid_to[reward.pk]  # two people became one, or two again
    ]
    if changed:
        raise RunOutdated(
            ngettext(
                "%(count)d reward of this run has changed since. Cancel the run and prepare it again.",
                "%(count)d rewards of this run have changed since. Cancel the run and prepare it again.",
                len(changed),
            )
            % {"count": len(changed)}
        )
    return rewards


def _lines_release(payout: Payout, *, now: datetime) -> None:
    released_key = Concat(Value("line:"), Cast("pk", CharField()))
    payout.lines.standing().update(released_at=now, live_key=released_key)


def _payouts(run: PayoutRun, status: str) -> QuerySet[Payout]:
    return run.payouts.filter(status=status).select_related("contact__details").order_by("pk")


def _settled(payout: Payout, *, actor: User, now: datetime) -> None:
    move(payout, to=Payout.Status.SETTLED, table=Payout.MOVES, settled_at=now)
    _post(payout, "paid", Account.Kind.IN_TRANSIT, Account.Kind.PAID, payout.amount, now=now)
    for reward in rewards_lock(Reward.objects.filter(payout_lines__in=payout.lines.standing())):
        reward_move(reward=reward, to=Reward.Status.FULFILLED, actor=actor, now=now, fulfilled_at=now)
    tell_payout_paid(payout=payout, now=now)


def _owed_again(payout: Payout, reward: Reward, *, actor: User, reason: str, now: datetime) -> None:
    """What is left of the reward is approved once more; what was taken back of it in the meantime is not owed."""
    left = reward.amount - reward.taken_back
    if reward.taken_back:
        _set_off(payout, reward, now=now)
    if left:
        changes = {"amount": left, "taken_back": 0, "fulfilled_at": None}
        reward_move(reward=reward, to=Reward.Status.APPROVED, actor=actor, reason=reason, now=now, **changes)


def _set_off(payout: Payout, reward: Reward, *, now: datetime) -> None:
    """The returned money pays off what was asked back for the reward.

    What a later payout has kept back for it already becomes the person's account credit.
    """
    debt = min(debts_in(reward.unit).get(_party_key(payout), 0), reward.taken_back)
    step = f"set-off:{reward.public_id}"
    _post(payout, step, Account.Kind.OWED, Account.Kind.RECEIVABLE, debt, now=now)
    _post(payout, f"{step}:credit", Account.Kind.OWED, Account.Kind.CREDIT, reward.taken_back - debt, now=now)


def _post(payout: Payout, step: str, debit: AccountKind, credit: AccountKind, amount: int, *, now: datetime) -> None:
    """Book `amount` (0: nothing) between two accounts of who is paid; once for each step of a payout."""
    post_all(entries=_entry(payout, step, debit, credit, amount), now=now)


def _entry(payout: Payout, step: str, debit: AccountKind, credit: AccountKind, amount: int) -> list[Entry]:
    if not amount:
        return []
    party_key = _party_key(payout)
    entry = Entry(
        key=f"payout:{payout.public_id}:{step}",
        debit=AccountRef(debit, party_key, payout.unit),
        credit=AccountRef(credit, party_key, payout.unit),
        amount=amount,
        reference=payout.public_id,
        memo=f"payout {step.partition(':')[0]}",
    )
    return [entry]


def _party_key(payout: Payout) -> str:
    """Whose accounts these are: of who the person is now, also for a payment that stayed with a merged stub."""
    return standing(payout.contact).public_id


def _facts(run: PayoutRun) -> dict[str, Any]:
    return {"status": run.status, "total": run.total, "unit": run.unit, "people": run.payouts.count()}
