"""What rewards add to the questions of segments, and the rules that rely on one."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from advocates.models import Segment
from advocates.segments.build import REFERRALS, choice_field, count_within, number_field, rows_of
from advocates.segments.registry import Choice
from advocates.segments.uses import SegmentUse
from campaigns.models import Campaign, Enrolment
from referrals.models import Referral
from rewards.models import Condition, Reward, Tier, TierPolicy
from rewards.rules.conditions import SEGMENT_CONDITIONS
from rewards.tiers import with_counted

Status = Reward.Status

# What was declined, cancelled, run out or taken back was not earned in the end.
EARNED = (Status.PENDING, Status.APPROVED, Status.PROCESSING, Status.FULFILLED, Status.FAILED)


def rewards() -> QuerySet[Reward]:
    return Reward.objects.filter(status__in=EARNED, is_test=False)


def tier_choices() -> list[Choice]:
    """By campaign, from the lowest: two campaigns may both have a Gold."""
    tiers = Tier.objects.select_related("campaign").order_by("campaign__name", "from_confirmed")
    return [(f"{tier.campaign.public_id}:{tier.key}", f"{tier.name} ({tier.campaign.name})") for tier in tiers]


def has_tier(value: str) -> Q:
    """Enrolled in the tier's campaign, with as many confirmed friends as this tier asks and the next does not.

    Where time moves people down, that counts as well.
    """
    campaign, _colon, key = value.partition(":")
    tiers = list(Tier.objects.filter(campaign__public_id=campaign).order_by("from_confirmed"))
    place = next((number for number, tier in enumerate(tiers) if tier.key == key), None)
    if place is None:
        return Q(pk__in=[])
    above = tiers[place + 1].from_confirmed - 1 if place + 1 < len(tiers) else None
    of_campaign = {"campaign__public_id": campaign, "is_test": False}
    enrolled = Enrolment.objects.filter(status=Enrolment.Status.ACTIVE, **of_campaign)
    if TierPolicy.objects.filter(campaign__public_id=campaign).exclude(demote_after_months=None).exists():
        standing = with_counted(enrolled).filter(counted__gte=tiers[place].from_confirmed)
        return Q(rows_of(standing if above is None else standing.filter(counted__lte=above)))
    confirmed = Referral.objects.filter(is_confirmed=True, **of_campaign)
    return Q(rows_of(enrolled)) & count_within(lambda: confirmed, "advocate")(tiers[place].from_confirmed, above)


REWARD_FIELDS = (
    choice_field("tier", gettext_lazy("Tier"), REFERRALS, tier_choices, has_tier),
    number_field("rewards", gettext_lazy("Rewards earned"), REFERRALS, count_within(rewards, "contact")),
)


def segment_uses(segment: Segment) -> list[SegmentUse]:
    """The rules that pay by it. One that was superseded still pays those who signed up under it."""
    conditions = Condition.objects.filter(kind__in=SEGMENT_CONDITIONS).select_related("rule__campaign")
    naming = [one for one in conditions.order_by("pk") if one.parameters.get("segment") == segment.public_id]
    return [_use(condition) for condition in _once(naming)]


def _use(condition: Condition) -> SegmentUse:
    return SegmentUse(_("Reward rule"), condition.rule, condition.rule.campaign.status != Campaign.Status.DRAFT)


def _once(conditions: Iterable[Condition]) -> list[Condition]:
    """One for each rule."""
    return list({condition.rule_id: condition for condition in conditions}.values())
