"""Tiers of a campaign: steps by confirmed referrals. An event's rewards use the one that stood before it."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.models import User
from advocates.services.audit import audit
from campaigns.models import Campaign
from config.lib.rounding import BASIS_POINTS
from rewards.errors import BadTier
from rewards.models import Condition, Tier, TierMove, TierPolicy

MOST_TIMES = 100
AUDITED = ("key", "name", "from_confirmed", "multiplier", "benefits")


def tier_save(
    *,
    campaign: Campaign,
    key: str,
    name: str,
    from_confirmed: int,
    multiplier: int = BASIS_POINTS,
    benefits: str = "",
    actor: User | None,
) -> Tier:
    """The tier of that key from now on. `multiplier` in basis points: 12500 is one and a quarter times.

    `benefits`: what it brings, one a line.

    Who was promised a tier goes on to have it by its key. Raises BadTier with a sentence.
    """
    _check(name, from_confirmed, multiplier)
    with transaction.atomic():
        old = Tier.objects.filter(campaign=campaign, key=key).first()
        values = {
            "name": name.strip(),
            "from_confirmed": from_confirmed,
            "multiplier": multiplier,
            "benefits": benefits.strip(),
        }
        before = _audited(old) if old else {}
        tier = _written(campaign, key, values)
        if _audited(tier) != before:
            audit(verb="tier_save", row=tier, actor=actor, before=before, after=_audited(tier))
    return tier


def tier_remove(*, tier: Tier, actor: User | None) -> None:
    """Raises BadTier while a rule in force asks about it, and once somebody has stood in it."""
    if not is_removable(tier):
        raise BadTier(
            _("Advocates have stood in “%(tier)s”: it stays in their story. Change its name or its steps instead.")
            % {"tier": tier.name}
        )
    asking = Condition.objects.filter(
        kind="advocate_tier", rule__campaign=tier.campaign, rule__superseded_at=None
    ).select_related("rule")
    for condition in asking:
        if tier.key in condition.parameters.get("tiers", []):
            raise BadTier(_("The rule “%(rule)s” asks about this tier.") % {"rule": condition.rule.key})
    with transaction.atomic():
        audit(verb="tier_remove", row=tier, actor=actor, before=_audited(tier))
        Tier.objects.filter(pk=tier.pk).delete()


def is_removable(tier: Tier) -> bool:
    """Has nobody ever moved from it or to it?"""
    return not TierMove.objects.filter(Q(tier_from=tier) | Q(tier_to=tier)).exists()


def tier_policy_save(*, policy: TierPolicy, actor: User | None) -> TierPolicy:
    """How the tiers of a campaign behave from now on; who was moved down stands by it for as long as it holds."""
    with transaction.atomic():
        old = TierPolicy.objects.filter(pk=policy.pk).first()
        before = {"demote_after_months": old.demote_after_months} if old else {}
        policy.save()
        after = {"demote_after_months": policy.demote_after_months}
        audit(verb="tier_policy_save", row=policy, actor=actor, before=before, after=after)
    return policy


def _check(name: str, from_confirmed: int, multiplier: int) -> None:
    if not name.strip():
        raise BadTier(_("A tier needs a name."), field="name")
    if from_confirmed < 0:
        raise BadTier(_("A tier begins at 0 confirmed referrals or more."), field="from_confirmed")
    if not 1 <= multiplier <= MOST_TIMES * BASIS_POINTS:
        raise BadTier(_("A multiplier is more than 0 and at most 100 times."), field="multiplier")


def _written(campaign: Campaign, key: str, values: Mapping[str, Any]) -> Tier:
    try:
        with transaction.atomic():
            tier, _created = Tier.objects.update_or_create(campaign=campaign, key=key, defaults=values)
    except IntegrityError as error:
        raise BadTier(
            _("Another tier begins at %(count)s confirmed referrals.") % {"count": values["from_confirmed"]},
            field="from_confirmed",
        ) from error
    return tier


def _audited(tier: Tier) -> dict[str, Any]:
    return {name: getattr(tier, name) for name in AUDITED}
