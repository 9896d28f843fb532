from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema

from config.lib.schemas import PROBLEM_CODES, NotFound, Problem, ShortText, Value, page, value_out
from rewards.models import Reward

router = Router(tags=["rewards"])


class RecipientOut(Schema):
    kind: str
    contact: str | None


class RewardOut(Schema):
    id: str
    campaign: str
    referral: str | None
    status: str
    pending_reasons: list[str]
    recipient: RecipientOut
    kind: str
    value: Value | None
    options: list[dict[str, Any]]
    coupon: str | None
    rule: str
    eligible_at: str
    created_at: str
    trace: list[dict[str, Any]]


class RewardPage(Schema):
    items: list[RewardOut]
    next_cursor: str | None


class RewardFilter(Schema):
    campaign: ShortText = ""
    contact: ShortText = ""
    referral: ShortText = ""
    status: ShortText = ""
    cursor: ShortText = ""


FILTERS = {
    "campaign": "campaign__slug",
    "contact": "contact__public_id",
    "referral": "referral__public_id",
    "status": "status",
}


@router.get("/rewards", response={200: RewardPage, PROBLEM_CODES: Problem}, operation_id="reward_list")
def reward_list(request: HttpRequest, filters: Query[RewardFilter]) -> dict[str, Any]:
    """Newest first. Rewards follow an event within seconds."""
    wanted = {column: getattr(filters, name) for name, column in FILTERS.items() if getattr(filters, name)}
    return page(_rewards().filter(**wanted), cursor=filters.cursor, out=reward_out)


@router.get("/rewards/{slug:reward_id}", response={200: RewardOut, PROBLEM_CODES: Problem}, operation_id="reward_get")
def reward_get(request: HttpRequest, reward_id: str) -> RewardOut:
    reward = _rewards().filter(public_id=reward_id).first()
    if reward is None:
        raise NotFound
    return reward_out(reward)


def reward_out(reward: Reward) -> RewardOut:
    coupon = getattr(reward, "coupon", None)
    return RewardOut(
        id=reward.public_id,
        campaign=reward.campaign.slug,
        referral=reward.referral.public_id if reward.referral else None,
        status=reward.status,
        pending_reasons=reward.pending_reasons,
        recipient=RecipientOut(
            kind=reward.recipient_kind, contact=reward.contact.public_id if reward.contact else None
        ),
        kind=reward.benefit,
        value=value_out(reward.amount, reward.unit),
        options=[],
        coupon=coupon.code if coupon else None,
        rule=reward.rule_key,
        eligible_at=reward.eligible_at.isoformat(),
        created_at=reward.created_at.isoformat(),
        trace=reward.trace,
    )


def _rewards() -> QuerySet[Reward]:
    return Reward.objects.select_related("campaign", "referral", "contact", "coupon")
