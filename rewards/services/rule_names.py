"""What a draft names and is not there: segments, tiers, items, contests. In sentences for whoever writes it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _, ngettext

from advocates.models import CircleLevel, Contact, Segment
from advocates.segments.evaluate import segment_problems
from campaigns.models import Campaign
from rewards.models import CatalogueItem, Charity, Contest, CouponPool, RewardRule, Tier
from rewards.rules.benefits import BENEFITS, SINGLE
from rewards.rules.conditions import CONDITIONS
from rewards.rules.parameters import Parameter
from rewards.services.rule_drafts import RuleDraft


def names_problems(draft: RuleDraft, campaign: Campaign) -> list[str]:
    """What conditions and the benefit name and is not there, as sentences. For a draft whose settings are right."""
    parts = [(CONDITIONS[condition.kind].parameters, condition.parameters) for condition in draft.conditions]
    if draft.benefit in BENEFITS:
        parts.append((BENEFITS[draft.benefit].parameters, draft.benefit_settings))
    if draft.benefit == RewardRule.Benefit.CHOICE:
        options = draft.benefit_settings.get("options", [])
        parts += [(SINGLE[option["benefit"]].parameters, option.get("settings", {})) for option in options]
    return [problem for declared, typed in parts for problem in _unknown_names(declared, typed, campaign)]


def _unknown_names(declared: Sequence[Parameter], typed: Mapping[str, Any], campaign: Campaign) -> list[str]:
    return [
        problem
        for parameter in declared
        if parameter.shape in NAMED and parameter.name in typed
        for problem in NAMED[parameter.shape](typed[parameter.name], campaign)
    ]


def _segment_problems(public_id: str, campaign: Campaign) -> list[str]:
    segment = Segment.objects.filter(public_id=public_id, is_active=True).first()
    return segment_problems(segment) if segment else [_("Choose a segment that is in use.")]


def _tier_problems(tiers: Sequence[str], campaign: Campaign) -> list[str]:
    known = set(Tier.objects.filter(campaign=campaign).values_list("key", flat=True))
    return _unknown_problems([tier for tier in tiers if tier not in known])


def _level_problems(levels: Sequence[str], campaign: Campaign) -> list[str]:
    known = set(CircleLevel.objects.values_list("name", flat=True))
    return _unknown_problems([level for level in levels if level not in known])


def _relation_problems(relations: Sequence[str], campaign: Campaign) -> list[str]:
    return _unknown_problems([relation for relation in relations if relation not in Contact.Relation.values])


def _pool_problems(key: str, campaign: Campaign) -> list[str]:
    return [] if CouponPool.objects.filter(campaign=campaign, key=key).exists() else _unknown_problems([key])


def _item_problems(key: str, campaign: Campaign) -> list[str]:
    return [] if CatalogueItem.objects.filter(key=key, is_active=True).exists() else _unknown_problems([key])


def _lots_problems(lots: Sequence[Mapping[str, Any]], campaign: Campaign) -> list[str]:
    return [problem for lot in lots for problem in _item_problems(lot["item"], campaign)]


def _contest_problems(key: str, campaign: Campaign) -> list[str]:
    return [] if Contest.objects.filter(campaign=campaign, key=key).exists() else _unknown_problems([key])


def _charity_problems(key: str, campaign: Campaign) -> list[str]:
    return [] if Charity.objects.filter(key=key, is_active=True).exists() else _unknown_problems([key])


def _unknown_problems(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    told = ngettext("%(names)s is not known here.", "%(names)s are not known here.", len(names))
    return [told % {"names": ", ".join(f"“{name}”" for name in names)}]


NAMED: Mapping[str, Callable[[Any, Campaign], list[str]]] = {
    "segment": _segment_problems,
    "tiers": _tier_problems,
    "levels": _level_problems,
    "relations": _relation_problems,
    "coupon_pool": _pool_problems,
    "catalogue_item": _item_problems,
    "lots": _lots_problems,
    "contest": _contest_problems,
    "charity": _charity_problems,
}
