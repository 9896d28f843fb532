"""Today: what waits for this person, oldest promise first, and what would be a good next step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Q, Sum
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, ngettext

from advocates.circle import suggestions
from advocates.models import CircleChoice, JobRun, User
from campaigns.models import Campaign
from campaigns.selectors import company
from config.lib.money import Money, money_words
from config.pages import list_url, row_url
from config.schedule import job_states
from referrals.models import Referral
from rewards.ledger.check import ledger_problems
from rewards.models import Account, PayoutRun, Reward

ROWS = 8
MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=30)
LEDGER_CHECK_SECONDS = 600

Part = Callable[["Desk"], "dict[str, Any] | None"]


class Desk:
    """Whose day it is, on which site, at what moment."""

    def __init__(self, site: AdminSite, user: User | AnonymousUser, now: datetime) -> None:
        self.site, self.user, self.now = site, user, now

    def may(self, permission: str) -> bool:
        return self.user.has_perm(permission)

    def when(self, moment: datetime) -> dict[str, str]:
        """`in 3 hours` or `2 days ago`, and the exact moment to be shown on hover."""
        if abs(moment - self.now) < MINUTE:
            words = _("just now")
        elif moment > self.now:
            words = _("in %(time)s") % {"time": timeuntil(moment, self.now, depth=1)}
        else:
            words = _("%(time)s ago") % {"time": timesince(moment, self.now, depth=1)}
        return {"when": words, "when_exact": date_format(localtime(moment), "DATETIME_FORMAT")}


def today(site: AdminSite, user: User | AnonymousUser, *, now: datetime) -> dict[str, Any]:
    """For templates/admin/index.html."""
    desk = Desk(site, user, now)
    return {
        "greeting": _("Hello, %(name)s") % {"name": getattr(user, "name", "") or str(user)},
        "summary": date_format(localtime(now), "DATE_FORMAT"),
        "cards": _all(CARDS, desk),
        "lists": _all(LISTS, desk),
        "next_steps": _all(NEXT_STEPS, desk),
    }


def _all(parts: tuple[Part, ...], desk: Desk) -> list[dict[str, Any]]:
    return [part for make in parts if (part := make(desk)) is not None]


# --- what stands open: rows that several parts of the page ask for ---


def waiting_referrals() -> Any:
    rows = Referral.objects.unanswered().filter(is_test=False)
    return rows.select_related("campaign", "friend__details", "advocate__details")


def rewards_to_approve() -> Any:
    reason = Reward.PendingReason.NEEDS_APPROVAL
    return Reward.objects.filter(
        status=Reward.Status.PENDING, pending_reasons__icontains=reason, is_test=False
    ).select_related("contact__details", "campaign")


# --- cards: a number and what it means ---


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


# --- lists: what to take in hand ---


def list_waiting(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("referrals.view_referral"):
        return None
    rows = waiting_referrals().order_by("first_answer_due_at")[:ROWS]
    return {
        "title": _("Waiting for a first answer"),
        "icon": "hourglass",
        "url": list_url(desk.site, Referral, "status__exact=submitted"),
        "empty": _("Everybody has been answered."),
        "rows": [_waiting_row(desk, referral) for referral in rows],
    }


def _waiting_row(desk: Desk, referral: Referral) -> dict[str, Any]:
    is_late = referral.first_answer_due_at < desk.now
    names = {"advocate": referral.advocate, "campaign": referral.campaign}
    return {
        "title": str(referral.friend),
        "text": _("from %(advocate)s · %(campaign)s") % names,
        "url": row_url(desk.site, referral),
        "pill": {"label": _("late"), "tone": "danger"} if is_late else None,
        **desk.when(referral.first_answer_due_at),
    }


def list_to_approve(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.change_reward"):
        return None
    return {
        "title": _("Rewards to approve"),
        "icon": "gift",
        "url": list_url(desk.site, Reward, "status__exact=pending"),
        "empty": _("No reward waits for you."),
        "rows": [
            {
                "title": str(reward.contact or reward.public_id),
                "text": f"{money_words(Money(reward.amount, reward.unit))} · {reward.campaign}",
                "url": row_url(desk.site, reward),
                **desk.when(reward.created_at),
            }
            for reward in rewards_to_approve().order_by("created_at")[:ROWS]
        ],
    }


def list_payout_runs(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.view_payoutrun"):
        return None
    # A draft waits for a second person, an approved run for somebody to fetch its file.
    open_runs = PayoutRun.objects.filter(status__in=[PayoutRun.Status.DRAFT, PayoutRun.Status.APPROVED])
    return {
        "title": _("Payout runs to take further"),
        "icon": "banknote",
        "url": list_url(desk.site, PayoutRun),
        "empty": _("No payout run waits."),
        "rows": [
            {
                "title": money_words(Money(run.total, run.unit)),
                "text": _("prepared by %(name)s") % {"name": run.prepared_by or _("the schedule")},
                "url": row_url(desk.site, run),
                "pill": {"label": run.get_status_display(), "tone": "info"},
                **desk.when(run.prepared_at),
            }
            for run in open_runs.select_related("prepared_by").order_by("prepared_at")[:ROWS]
        ],
    }


def list_failing_jobs(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("advocates.view_jobrun"):
        return None
    troubled = [state for state in job_states(now=desk.now) if state.is_failing or state.is_late]
    return {
        "title": _("Jobs in trouble"),
        "icon": "activity",
        "url": list_url(desk.site, JobRun),
        "empty": _("All scheduled jobs run as they should."),
        "rows": [
            {
                "title": state.job.name,
                "text": state.job.comment,
                "url": row_url(desk.site, state.last) if state.last else "",
                "pill": {"label": _("failed") if state.is_failing else _("late"), "tone": "danger"},
                **(desk.when(state.last.started_at) if state.last else {}),
            }
            for state in troubled[:ROWS]
        ],
    }


# --- next steps: what a good colleague would suggest ---


def step_company(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.change_company") or company().postal_address:
        return None
    return {
        "title": _("Say who you are"),
        "text": _("Mails need a postal address in their foot before a campaign can start."),
        "url": list_url(desk.site, type(company())),
        "button": _("Fill in the company page"),
    }


def step_campaign(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.change_campaign") or Campaign.objects.active().exists():
        return None
    return {
        "title": _("Start a campaign"),
        "text": _("No campaign is active, so nobody can recommend you."),
        "url": list_url(desk.site, Campaign),
        "button": _("To the campaigns"),
    }


def step_circle(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("advocates.change_circlechoice"):
        return None
    count = len(suggestions(limit=ROWS))
    if not count:
        return None
    return {
        "title": _("Look at who would speak for you"),
        "text": _("Happy customers who have bought are suggested for the inner circle, with the reasons."),
        "url": list_url(desk.site, CircleChoice),
        "button": _("See the suggestions"),
    }


def step_ask(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.add_enrolment"):
        return None
    rested = Q(contact__last_asked_at=None) | Q(
        contact__last_asked_at__lt=desk.now - timedelta(days=company().ask_rest_days)
    )
    count = CircleChoice.objects.filter(rested, status=CircleChoice.Status.MEMBER).count()
    if not count:
        return None
    words = ngettext(
        "%(count)d person of your inner circle can be asked again.",
        "%(count)d people of your inner circle can be asked again.",
        count,
    )
    return {
        "title": _("Ask for recommendations"),
        "text": words % {"count": count},
        "url": list_url(desk.site, Campaign),
        "button": _("Choose a campaign"),
    }


def step_payout(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.prepare_payouts") or not Reward.objects.payable().exists():
        return None
    if PayoutRun.objects.filter(status=PayoutRun.Status.DRAFT).exists():
        return None
    return {
        "title": _("Prepare a payout run"),
        "text": _("Approved rewards wait for payment."),
        "url": list_url(desk.site, PayoutRun),
        "button": _("To the payout runs"),
    }


CARDS: tuple[Part, ...] = (card_waiting, card_won, card_to_approve, card_owed, card_ledger)
LISTS: tuple[Part, ...] = (list_waiting, list_to_approve, list_payout_runs, list_failing_jobs)
NEXT_STEPS: tuple[Part, ...] = (step_company, step_campaign, step_circle, step_ask, step_payout)
