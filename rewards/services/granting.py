"""A new reward of money, written with all that belongs to it in one statement: its steps, transfers, letter and trace.

It ends where rewards/services/earning.reward_write would have carried it, step by step. What was there before, or is a
code, goes that longer way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_noop

from advocates.models import Contact
from advocates.services.audit import audit_entry
from campaigns.news import announce_mail
from campaigns.services.messages import message_build, reader_along, reader_of
from config.lib.together import Together
from rewards.ledger.chart import AccountRef, funding, personal, reserved
from rewards.ledger.post import Entry, post_beside
from rewards.models import Account, BudgetPeriod, Evaluation, Reward, RewardEvent, RewardRule
from rewards.selectors import is_booked, is_reserved, pending_reasons
from rewards.services.earning import Claim, slot_of, values_of
from rewards.services.letters import Letter, earned_letter, fulfilled_letter, language_of, ready_letter
from rewards.triggers import Occasion

Status = Reward.Status
Benefit = RewardRule.Benefit
Kind = Account.Kind
MONEY = (Benefit.CASH, Benefit.CREDIT)


@dataclass(slots=True)
class Grant:
    """`steps`: (from, to, why). `letter`: what its person is told; `reader`: that person, with all that it needs."""

    reward: Reward
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    letter: Letter | None = None
    reader: Any = None


def is_grantable(claim: Claim, occasion: Occasion) -> bool:
    """New money for a person whose language is known; who owes something is another matter (see grant)."""
    person = occasion.people.get(claim.row.recipient)
    if claim.former or claim.row.benefit not in MONEY or person is None:
        return False
    return bool(person.language or occasion.campaign.main_language)


def grant(
    *,
    claim: Claim,
    period: BudgetPeriod | None,
    occasion: Occasion,
    evaluation: Evaluation,
    now: datetime,
) -> Grant | None:
    """The reward as it will stand, not written yet; None for somebody who has to give something back."""
    slot, values = slot_of(claim.decision, occasion), values_of(claim, occasion, evaluation, period)
    reward = Reward(**slot, **values, status=Status.PENDING, created_at=now)
    made = Grant(reward)
    made.steps.append(("", Status.PENDING, "earned"))
    reward.pending_reasons = pending_reasons(reward, now)
    if is_reserved(reward):
        _book(made, "reserve", funding(reward), reserved(reward), gettext_noop("set aside"))
    if reward.pending_reasons:
        made.letter = earned_letter(reward)
    else:
        _carry_out(made, now)
    made.reader = _reader(reward, made.letter)
    return None if made.reader.debt else made


def grants_write(*, grants: Sequence[Grant], batch: Together, now: datetime) -> None:
    """Into the batch; it raises IntegrityError when another event took a slot at this very moment."""
    for made in grants:
        _write(made, batch, now)
    post_beside(batch, [entry for made in grants for entry in made.entries], now=now)


def _carry_out(made: Grant, now: datetime) -> None:
    reward = made.reward
    made.steps.append((Status.PENDING, Status.APPROVED, ""))
    reward.status = Status.APPROVED
    if reward.benefit == Benefit.CASH:
        if is_booked(reward):
            _book(made, "owe", reserved(reward), personal(Kind.OWED, reward), gettext_noop("approved"))
        made.letter = ready_letter(reward)
        return
    made.steps.append((Status.APPROVED, Status.FULFILLED, ""))
    reward.status, reward.fulfilled_at = Status.FULFILLED, now
    if is_booked(reward):
        memo = gettext_noop("account credit given")
        _book(made, "credit", reserved(reward), personal(Kind.CREDIT, reward), memo)
    made.letter = fulfilled_letter(reward)


def _book(made: Grant, what: str, debit: AccountRef, credit: AccountRef, memo: str) -> None:
    reward = made.reward
    key = f"reward:{reward.public_id}:{what}:first"
    made.entries.append(Entry(key, debit, credit, reward.amount, reward.public_id, memo))


def _reader(reward: Reward, letter: Letter | None) -> Any:
    """The person with all that the letter needs, and what they have to give back, in one statement."""
    owing = Account.objects.filter(
        kind=Kind.RECEIVABLE, unit=reward.unit, party_key=OuterRef("public_id"), balance__lt=0
    )
    language = language_of(reward.contact, reward.campaign)
    people = Contact.objects.filter(public_id=reward.party_key).annotate(
        debt=Subquery(owing.values(owed=-F("balance"))[:1])
    )
    return reader_along(people, mail=letter.mail if letter else "", language=language).get()


def _write(made: Grant, batch: Together, now: datetime) -> None:
    reward = made.reward
    batch.insert(reward)
    for status_from, status_to, reason in made.steps:
        batch.insert(
            RewardEvent(reward=reward, status_from=status_from, status_to=status_to, reason=reason, occurred_at=now)
        )
        if status_from:
            batch.insert(_audit(reward, status_from, status_to))
    letter = made.letter
    if letter is None:
        return
    language = language_of(reward.contact, reward.campaign)
    to = reader_of(made.reader, mail=letter.mail, language=language)
    if to:
        row = message_build(
            mail=letter.mail, key=letter.key, values=letter.values, reader=to, campaign=reward.campaign, now=now
        )
        batch.insert(row, unique=["dedupe_key"])
        announce_mail()


def _audit(reward: Reward, status_from: str, status_to: str) -> Any:
    after = {"status": status_to, "amount": reward.amount, "unit": reward.unit}
    return audit_entry(
        verb=f"reward_{status_to}", row=reward, by="engine", before={"status": str(status_from)}, after=after
    )
