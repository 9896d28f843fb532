"""What rewards add to the questions of segments, and the rules that rely on one."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from advocates.models import Segment
from advocates.segments.build import REFERRALS, count_within, number_field
from advocates.segments.uses import SegmentUse
from campaigns.models import Campaign
from rewards.models import Condition, Reward
from rewards.rules.conditions import SEGMENT_CONDITIONS

Status = Reward.Status

# What was declined, cancelled, run out or taken back was not earned in the end.
EARNED = (Status.PENDING, Status.APPROVED, Status.PROCESSING, Status.FULFILLED, Status.FAILED)


def rewards() -> QuerySet[Reward]:
    return Reward.objects.filter(status__in=EARNED, is_test=False)


REWARD_FIELDS = (number_field("rewards", gettext_lazy("Rewards earned"), REFERRALS, count_within(rewards, "contact")),)


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
