"""What a colleague wishes to give or to correct by hand, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from advocates.models import Contact
from advocates.standing import standing
from campaigns.models import Campaign
from config.lib.errors import DomainError
from config.lib.money import Money
from referrals.models import Referral
from rewards.models import ByHand, RewardRule
from rewards.rules.benefits import benefit_read
from rewards.rules.parameters import BadParameters
from rewards.rules.registry import units_refused

Benefit, Recipient = RewardRule.Benefit, RewardRule.Recipient
CREDIT = (ByHand.Kind.CREDIT_MORE, ByHand.Kind.CREDIT_LESS)
# A code, an entry and a gift to a cause need what happened before them; a choice needs its options.
GRANTABLE = (
    Benefit.CASH,
    Benefit.CREDIT,
    Benefit.FREE_MONTHS,
    Benefit.SERVICE,
    Benefit.UPGRADE,
    Benefit.GIFT_CARD,
    Benefit.MERCHANDISE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """`amount` in minor units of `unit`, always above 0. `benefit` and `benefit_settings`: of a grant only."""

    kind: str
    campaign: Campaign
    contact: Contact
    amount: int
    unit: str
    reason: str
    benefit: str = ""
    benefit_settings: Mapping[str, Any] = field(default_factory=dict)
    referral: Referral | None = None


def wish_problems(wish: Wish) -> list[str]:
    """Whole sentences; empty when it can be asked for."""
    problems = []
    if not wish.reason.strip():
        problems.append(_("Please say why."))
    if wish.contact.erased_at:
        problems.append(_("This person was forgotten: nothing can be given to them."))
    problems += _amount_problems(wish)
    if wish.kind in CREDIT and units_refused(Benefit.CREDIT, [wish.unit]):
        problems.append(_("Account credit cannot be in %(unit)s.") % {"unit": wish.unit})
    if wish.kind == ByHand.Kind.GRANT:
        problems += _grant_problems(wish)
    if wish.referral and (wish.referral.campaign_id != wish.campaign.pk or recipient_of(wish) is None):
        problems.append(_("This referral is of another campaign, or of other people."))
    return problems


def _amount_problems(wish: Wish) -> list[str]:
    try:
        amount = Money(wish.amount, wish.unit)
    except DomainError as refusal:
        return [str(refusal)]
    if amount.amount < 1:
        return [_("Say how much.")]
    return []


def _grant_problems(wish: Wish) -> list[str]:
    if wish.benefit not in GRANTABLE:
        return [_("This cannot be given by hand.")]
    if units_refused(wish.benefit, [wish.unit], wish.benefit_settings):
        return [_("This cannot be given in %(unit)s.") % {"unit": wish.unit}]
    try:
        benefit_read(wish.benefit, wish.benefit_settings)
    except BadParameters:
        return [_("Say what exactly it is.")]
    return []


def wish_settings(wish: Wish) -> dict[str, Any]:
    return benefit_read(wish.benefit, wish.benefit_settings) if wish.kind == ByHand.Kind.GRANT else {}


def recipient_of(change: Wish | ByHand) -> str | None:
    """As whom they get it: of a referral, None for somebody who does not stand on it."""
    if change.referral is None:
        return Recipient.ADVOCATE
    contact = standing(change.contact)
    people = {Recipient.ADVOCATE: change.referral.advocate, Recipient.FRIEND: change.referral.friend}
    return next((kind for kind, person in people.items() if standing(person) == contact), None)
