"""What to take in hand."""

from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.models import CircleChoice, JobRun
from config.dashboard.desk import Desk, Part
from config.dashboard.gifts import list_gifts
from config.dashboard.waiting import open_claims, rewards_to_approve, waiting_referrals
from config.lib.money import Money, money_words
from config.pages import list_url, row_url
from config.schedule import job_states
from referrals.models import Claim, Referral
from rewards.causes import to_review
from rewards.models import Budget, ByHand, Charity, Contest, PayoutRun, Reward
from rewards.pacing import paced, running_budgets
from rewards.words.by_hand import by_hand_words
from rewards.words.pace import outlook_words, pace_state

ROWS = 8


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


def list_claims(desk: Desk) -> dict[str, Any] | None:
    """Only where there are some: most companies see one a month."""
    if not desk.may("referrals.change_claim"):
        return None
    claims = list(open_claims().order_by("decide_by", "pk")[:ROWS])
    if not claims:
        return None
    return {
        "title": _("Claims to decide"),
        "icon": "scale",
        "url": list_url(desk.site, Claim, "status__exact=open"),
        "empty": "",
        "rows": [
            {
                "title": str(claim.enrolment.contact),
                "text": _("says “I referred this person” · %(campaign)s") % {"campaign": claim.enrolment.campaign},
                "url": row_url(desk.site, claim),
                "pill": {"label": _("late"), "tone": "danger"} if claim.decide_by < desk.now else None,
                **desk.when(claim.decide_by),
            }
            for claim in claims
        ],
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


def list_by_hand(desk: Desk) -> dict[str, Any] | None:
    """Only where somebody waits for a second person."""
    if not desk.may("rewards.decide_by_hand"):
        return None
    waiting = ByHand.objects.filter(status=ByHand.Status.WAITING).select_related("contact__details", "asked_by")
    changes = list(waiting.order_by("asked_at", "pk")[:ROWS])
    if not changes:
        return None
    return {
        "title": _("Given by hand: a second person"),
        "icon": "hand-coins",
        "url": list_url(desk.site, ByHand, "status__exact=waiting"),
        "empty": "",
        "rows": [
            {
                "title": str(change.contact),
                "text": _("%(what)s · asked for by %(who)s") % {"what": by_hand_words(change), "who": change.asked_by},
                "url": row_url(desk.site, change),
                **desk.when(change.asked_at),
            }
            for change in changes
        ],
    }


def list_look_again(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("advocates.change_circlechoice"):
        return None
    due = CircleChoice.objects.due_again(on=localtime(desk.now).date()).select_related("contact__details", "chosen_by")
    choices = list(due.order_by("remind_on", "pk")[:ROWS])
    if not choices:
        return None
    return {
        "title": _("Look again at"),
        "icon": "orbit",
        "url": list_url(desk.site, CircleChoice, f"status__exact={CircleChoice.Status.LATER}"),
        "empty": "",
        "rows": [
            {
                "title": str(choice.contact),
                "text": choice.note or _("put off by %(who)s") % {"who": choice.chosen_by},
                "url": row_url(desk.site, choice.contact),
                "when": date_format(choice.remind_on) if choice.remind_on else "",
            }
            for choice in choices
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


def list_budgets(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.view_budget"):
        return None
    worrying = [found for found in paced(running_budgets().order_by("pk"), desk.now) if found.pace.is_worrying]
    if not worrying:
        return None
    return {
        "title": _("Budgets that run out"),
        "icon": "wallet",
        "url": list_url(desk.site, Budget),
        "empty": "",
        "rows": [
            {
                "title": found.budget.name,
                "text": f"{found.budget.campaign} · {outlook_words(found)}",
                "url": row_url(desk.site, found.budget),
                "pill": pace_state(found),
                "when": date_format(found.pace.runs_out) if found.pace.runs_out else "",
            }
            for found in worrying[:ROWS]
        ],
    }


def list_charities(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.change_charity"):
        return None
    today = localtime(desk.now).date()
    due = list(to_review(today)[:ROWS])
    if not due:
        return None
    return {
        "title": _("Good causes to check again"),
        "icon": "heart-handshake",
        "url": list_url(desk.site, Charity),
        "empty": "",
        "rows": [
            {
                "title": charity.name,
                "text": _("registration %(number)s") % {"number": charity.registration_number},
                "url": row_url(desk.site, charity),
                "pill": {"label": _("late"), "tone": "danger"} if charity.review_date < today else None,
                "when": date_format(charity.review_date),
            }
            for charity in due
        ],
    }


def list_contests(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.draw_contest"):
        return None
    due = list(Contest.objects.filter(status=Contest.Status.OPEN, ends_at__lte=desk.now).order_by("ends_at")[:ROWS])
    if not due:
        return None
    return {
        "title": _("Contests to draw"),
        "icon": "trophy",
        "url": list_url(desk.site, Contest),
        "empty": "",
        "rows": [
            {
                "title": contest.name,
                "text": str(contest.campaign),
                "url": row_url(desk.site, contest),
                **desk.when(contest.ends_at),
            }
            for contest in due
        ],
    }


LISTS: tuple[Part, ...] = (
    list_waiting,
    list_claims,
    list_look_again,
    list_to_approve,
    list_by_hand,
    list_payout_runs,
    list_budgets,
    list_contests,
    list_charities,
    list_gifts,
    list_failing_jobs,
)
