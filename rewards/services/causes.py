"""Good causes and what is sent to them. What was given stands on their account until a transfer of ours is noted."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop

from advocates.models import User
from advocates.services.audit import audit
from config.lib.money import Money, money_words
from rewards.errors import NotEnoughDonated, Overdrawn
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import post
from rewards.models import Account, Charity, Donation, Fundraiser

# What a change of is audited; words about the good cause are its own.
CHARITY_FACTS = ("key", "name", "country", "registration_number", "review_date", "is_active")
FUNDRAISER_FACTS = ("title", "event_type", "goal", "unit", "counts_rewards")


def charity_save(*, charity: Charity, actor: User, now: datetime) -> Charity:
    """Whoever enters it has looked at its registration."""
    with transaction.atomic():
        is_new = charity.pk is None
        if is_new:
            charity.checked_by, charity.checked_at = actor, now
        charity.save()
        verb = "charity_made" if is_new else "charity_changed"
        audit(verb=verb, row=charity, actor=actor, after=_facts(charity, CHARITY_FACTS))
    return charity


def charity_check(*, charity: Charity, actor: User, review_date: Any, now: datetime) -> Charity:
    """Somebody has looked at its registration again, and says when that is due the next time."""
    with transaction.atomic():
        charity.checked_by, charity.checked_at, charity.review_date = actor, now, review_date
        charity.save(update_fields=["checked_by", "checked_at", "review_date"])
        audit(verb="charity_checked", row=charity, actor=actor, after={"review_date": review_date})
    return charity


def donation_note(*, charity: Charity, money: Money, proof: str, actor: User, now: datetime) -> Donation:
    """Money was sent to the good cause. Raises NotEnoughDonated for more than was given through it and not sent yet."""
    with transaction.atomic():
        donation = Donation.objects.create(
            charity=charity, unit=money.unit, amount=money.amount, proof=proof.strip(), actor=actor, sent_at=now
        )
        try:
            post(
                key=f"donation:{donation.public_id}:send",
                debit=AccountRef(Account.Kind.DONATED, charity.public_id, money.unit),
                credit=AccountRef(Account.Kind.PAID, charity.public_id, money.unit),
                amount=money.amount,
                reference=donation.public_id,
                memo=gettext_noop("sent to the good cause"),
                now=now,
            )
        except Overdrawn as error:
            raise NotEnoughDonated(
                _("Less than %(amount)s was donated through us and not sent yet.") % {"amount": money_words(money)}
            ) from error
        after = {"amount": money.amount, "unit": money.unit, "proof": donation.proof}
        audit(verb="donation_sent", row=charity, actor=actor, after=after)
    return donation


def fundraiser_save(*, fundraiser: Fundraiser, actor: User) -> Fundraiser:
    with transaction.atomic():
        verb = "fundraiser_changed" if fundraiser.pk else "fundraiser_made"
        fundraiser.save()
        audit(verb=verb, row=fundraiser, actor=actor, after=_facts(fundraiser, FUNDRAISER_FACTS))
    return fundraiser


def _facts(row: Charity | Fundraiser, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
