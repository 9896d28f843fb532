"""A number and what it means."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Sum
from django.utils.translation import gettext as _, ngettext

from config.dashboard.desk import Desk, Part
from config.dashboard.waiting import rewards_to_approve, waiting_referrals
from config.lib.money import Money, money_words
from config.pages import list_url
from referrals.models import Referral
from rewards.ledger.check import ledger_problems
from rewards.models import Account, PayoutRun, Reward

MONTH = timedelta(days=30)
LEDGER_CHECK_SECONDS = 600


def card_waiting(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("referrals.view_referral"):
        return None
    waiting = waiting_referrals()
    late = waiting.filter(first_answer_due_at__lt=desk.now).count()
    words = ngettext("%(count)d is late for its answer", "%(count)d are late for their answer", late)
    return {
        "title": _("New referrals waiting"),
        "number": waiting.count(),
        "meaning": words % {"count": late} if late else _("none is late for its answer"),
        "tone": "danger" if late else "",
        "url": list_url(desk.site, Referral, "status__exact=submitted"),
    }


def card_won(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("referrals.view_referral"):
        return None
    won = Referral.objects.filter(converted_at__gte=desk.now - MONTH, is_test=False)
    return {
        "title": _("Won in 30 days"),
        "number": won.count(),
        "meaning": _("referrals that became customers"),
        "tone": "success" if won else "",
        "url": list_url(desk.site, Referral, "status__exact=converted"),
    }


def card_to_approve(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.change_reward"):
        return None
    return {
        "title": _("Rewards to approve"),
        "number": rewards_to_approve().count(),
        "meaning": _("above the amount that goes through by itself"),
        "url": list_url(desk.site, Reward, "status__exact=pending"),
    }


def card_owed(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.view_account"):
        return None
    owed = Account.objects.filter(kind=Account.Kind.OWED, balance__gt=0)
    sums = owed.values("unit").annotate(total=Sum("balance")).order_by("-total")
    return {
        "title": _("Owed to advocates"),
        "number": " · ".join(money_words(Money(row["total"], row["unit"])) for row in sums) or "0",
        "meaning": _("approved and not paid out yet"),
        "url": list_url(desk.site, PayoutRun),
    }


def card_ledger(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.view_transfer"):
        return None
    # Adding up every transfer takes a while: once in ten minutes is often enough for a glance.
    problems = cache.get_or_set("ledger_problems", lambda: len(ledger_problems()), LEDGER_CHECK_SECONDS)
    return {
        "title": _("Ledger"),
        "number": _("%(count)d wrong") % {"count": problems} if problems else _("Balanced"),
        "meaning": _("run “ledger_check” to see what") if problems else _("every balance equals its transfers"),
        "tone": "danger" if problems else "",
        "url": list_url(desk.site, Account),
    }


CARDS: tuple[Part, ...] = (card_waiting, card_won, card_to_approve, card_owed, card_ledger)
