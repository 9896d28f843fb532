from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Body as FromBody, Query, Router, Schema
from pydantic import Field

from campaigns.models import Campaign
from config.lib import clock
from config.lib.money import Money
from config.lib.schemas import (
    PROBLEM_CODES,
    Amount,
    Body,
    Currency,
    Moment,
    NotFound,
    Problem,
    ShortText,
    Value,
    caller,
    page,
    value_out,
)
from rewards.models import DemandRate, Reward
from rewards.services.choosing import reward_choose
from rewards.services.demand import DemandDraft, demand_put

router = Router(tags=["rewards"])

MOST_LINES = 2_000


class RecipientOut(Schema):
    kind: str
    contact: str | None


class OptionOut(Schema):
    key: str
    name: str
    kind: str
    value: Value


class RewardOut(Schema):
    id: str
    campaign: str
    referral: str | None
    status: str
    pending_reasons: list[str]
    recipient: RecipientOut
    kind: str
    value: Value | None
    options: list[OptionOut]
    chosen: str | None
    starts_at: str | None
    ends_at: str | None
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


class ChoiceIn(Body):
    option: Annotated[ShortText, Field(min_length=1)]


class DemandIn(Body):
    """Without `from` a line holds from now on, without `until` until the table says something else."""

    region: Annotated[ShortText, Field(min_length=1)]
    amount: Amount
    currency: Currency
    begins: Moment | None = Field(default=None, alias="from")
    until: Moment | None = None

    def draft(self) -> DemandDraft:
        return DemandDraft(self.region, Money(self.amount, self.currency), self.begins, self.until)


class DemandOut(Schema):
    region: str
    amount: int
    currency: str
    begins: str = Field(alias="from")
    until: str | None


class DemandTable(Schema):
    items: list[DemandOut]


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
    return reward_out(_reward(reward_id))


@router.post(
    "/rewards/{slug:reward_id}/choice",
    response={200: RewardOut, PROBLEM_CODES: Problem},
    operation_id="reward_choose",
)
def reward_choice(request: HttpRequest, reward_id: str, body: ChoiceIn) -> RewardOut:
    """What the reward is to be, by the key of one of its options. 409 `already_chosen` once that was said."""
    reward = _reward(reward_id)
    reward_choose(reward=reward, option=body.option, by=caller(request).source, now=clock.now())
    return reward_out(_reward(reward_id))


@router.put(
    "/campaigns/{slug:slug}/demand",
    response={200: DemandTable, PROBLEM_CODES: Problem},
    operation_id="demand_put",
    by_alias=True,
)
def demand_table_put(
    request: HttpRequest, slug: str, body: FromBody[Annotated[list[DemandIn], Field(max_length=MOST_LINES)]]
) -> dict[str, Any]:
    """What each region pays from now on: lines that are not in this table end now. What was promised is kept."""
    campaign = Campaign.objects.filter(slug=slug).first()
    if campaign is None:
        raise NotFound
    rates = demand_put(
        campaign=campaign, table=[line.draft() for line in body], by=caller(request).source, now=clock.now()
    )
    return {"items": [demand_out(rate) for rate in rates]}


def demand_out(rate: DemandRate) -> dict[str, Any]:
    return {
        "region": rate.region,
        "amount": rate.amount,
        "currency": rate.unit,
        "from": rate.valid_from.isoformat(),
        "until": rate.valid_until.isoformat() if rate.valid_until else None,
    }


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
        options=[option_out(option) for option in reward.options],
        chosen=reward.chosen or None,
        starts_at=reward.starts_at.isoformat() if reward.starts_at else None,
        ends_at=reward.ends_at.isoformat() if reward.ends_at else None,
        coupon=coupon.code if coupon else None,
        rule=reward.rule_key,
        eligible_at=reward.eligible_at.isoformat(),
        created_at=reward.created_at.isoformat(),
        trace=reward.trace,
    )


def option_out(option: dict[str, Any]) -> OptionOut:
    value = value_out(option["amount"], option["unit"])
    return OptionOut(key=option["key"], name=option["name"], kind=option["benefit"], value=value)


def _reward(public_id: str) -> Reward:
    reward = _rewards().filter(public_id=public_id).first()
    if reward is None:
        raise NotFound
    return reward


def _rewards() -> QuerySet[Reward]:
    return Reward.objects.select_related("campaign", "referral", "contact", "coupon")
