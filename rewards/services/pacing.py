"""Tells the colleague who looks after a campaign that a budget runs out: once a period, and once for each amount."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from campaigns.selectors import company
from campaigns.services.messages import message_queue
from config.lib.insert_once import insert_once
from rewards.budget_mails import BUDGET_RUNS_OUT
from rewards.models import BudgetPeriod
from rewards.pacing import Paced, paced, running_budgets
from rewards.words.pace import pace_words


def budgets_watch(now: datetime) -> dict[str, int]:
    """One round: budgets of running campaigns whose pace is too fast, and of which nobody was told yet."""
    return {"warned": sum(budget_warn(found=found, now=now) for found in paced(running_budgets(), now))}


def budget_warn(*, found: Paced, now: datetime) -> bool:
    """False where all is well, or somebody has been told."""
    if not found.pace.is_worrying or (found.period and found.period.warned_at):
        return False
    with transaction.atomic():
        period = found.period or _counter(found)
        is_first = BudgetPeriod.objects.filter(pk=period.pk, warned_at=None).update(warned_at=now)
        if is_first:
            _tell(found, now)
    return bool(is_first)


def _counter(found: Paced) -> BudgetPeriod:
    """Nothing was set aside yet, and somebody waits: the first reward is bigger than the whole budget."""
    period, _is_new = insert_once(
        BudgetPeriod,
        unique=["budget", "period_key"],
        budget=found.budget,
        period_key=found.key,
        cap=found.budget.amount,
        used=0,
    )
    return period


def _tell(found: Paced, now: datetime) -> None:
    budget, campaign, house = found.budget, found.budget.campaign, company()
    owner = campaign.default_owner if campaign.default_owner and campaign.default_owner.is_active else None
    address = owner.email if owner else campaign.team_email or house.team_email
    language = owner.language if owner else house.language
    with override(language):
        pace = pace_words(found)
    message_queue(
        mail=BUDGET_RUNS_OUT.name,
        # A higher amount is a new matter, see budget_save.
        key=f"{BUDGET_RUNS_OUT.name}:{budget.public_id}:{found.key}:{budget.amount}",
        staff_address=address,
        staff_language=language,
        campaign=campaign,
        values={
            "budget_name": budget.name,
            "campaign_name": campaign.name,
            "pace": pace,
            "budget_url": f"{settings.SITE_URL}{reverse('admin:rewards_budget_change', args=[budget.pk])}",
        },
        now=now,
    )
