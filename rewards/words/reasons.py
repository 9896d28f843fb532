"""Why a reward waits: for staff, and for the person, who reads no word of suspicion."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from config.lib import clock
from rewards.models import Limit, Reward, RewardRule
from rewards.words.limit_steps import counted
from rewards.words.limits import window_words
from rewards.words.lists import event_words

Reason = Reward.PendingReason

STAFF_REASONS: Mapping[str, StrOrPromise] = {
    Reason.ON_HOLD: gettext_lazy("The waiting time runs until %(date)s."),
    Reason.NEEDS_APPROVAL: gettext_lazy("It is above the amount from which a person approves."),
    Reason.UNDER_REVIEW: gettext_lazy("The referral is to be looked at first."),
    Reason.AWAITING_EVENT: gettext_lazy("It is released as soon as %(event)s of the friend has come."),
    Reason.AWAITING_CHOICE: gettext_lazy("The person has not chosen yet."),
    Reason.AWAITING_ADDRESS: gettext_lazy("The person has not said yet where to send it."),
    Reason.OUT_OF_STOCK: gettext_lazy("Nothing of it is left. It goes out, in turn, when there is more."),
    Reason.LIMIT_REACHED: gettext_lazy("%(limit)s It goes out, in turn, when there is room."),
    Reason.BUDGET_EXHAUSTED: gettext_lazy("The budget is used up. It is taken up, in turn, when there is room."),
    Reason.MISSING_PAYOUT_METHOD: gettext_lazy("The person has not said where to pay."),
    Reason.BELOW_MINIMUM: gettext_lazy("It is below the minimum payout."),
}

PERSON_REASONS: Mapping[str, StrOrPromise] = {
    Reason.ON_HOLD: gettext_lazy("It is yours from %(date)s, when the time for returns is over."),
    Reason.NEEDS_APPROVAL: gettext_lazy("We are checking this, you hear from us soon."),
    Reason.UNDER_REVIEW: gettext_lazy("We are checking this, you hear from us soon."),
    Reason.AWAITING_EVENT: gettext_lazy("It is yours as soon as %(event)s has come."),
    Reason.AWAITING_CHOICE: gettext_lazy("Choose what you would like."),
    Reason.AWAITING_ADDRESS: gettext_lazy("Tell us where to send it."),
    Reason.OUT_OF_STOCK: gettext_lazy("We are out of it at the moment. Yours goes out as soon as there is more."),
    Reason.LIMIT_REACHED: gettext_lazy("%(limit)s This one goes out as soon as there is room again."),
    Reason.BUDGET_EXHAUSTED: gettext_lazy("It stands in line and is yours as soon as its turn comes."),
    Reason.MISSING_PAYOUT_METHOD: gettext_lazy("Tell us where to pay it."),
    Reason.BELOW_MINIMUM: gettext_lazy("We pay as soon as a little more has come together."),
}

# A contest that is not open yet is out of nothing: (what staff read, what the person reads).
OF_BENEFITS: Mapping[tuple[str, str], tuple[StrOrPromise, StrOrPromise]] = {
    (RewardRule.Benefit.ENTRY, Reason.OUT_OF_STOCK): (
        gettext_lazy("The contest is not open yet. It enters as soon as it opens."),
        gettext_lazy("The prize draw is not open yet. You are in it as soon as it opens."),
    ),
}


def staff_reasons(reward: Reward) -> list[str]:
    """A sentence for each reason, and until when the person can take it."""
    sentences = [_reason(_said(reward, reason)[0], reward) for reason in reward.pending_reasons]
    sentences += _next_period(reward)
    if has_to_be_taken(reward):
        sentences.append(_("It runs out on %(date)s unless the person takes it.") % {"date": _last_day(reward)})
    return sentences


def until_words(reward: Reward) -> str:
    """Until when the person can take it; empty where it does not run out."""
    return _("Take it until %(date)s.") % {"date": _last_day(reward)} if has_to_be_taken(reward) else ""


def has_to_be_taken(reward: Reward) -> bool:
    return reward.expires_at is not None and reward.status in (Reward.Status.PENDING, Reward.Status.APPROVED)


def _last_day(reward: Reward) -> str:
    return date_format(localtime(reward.expires_at), "DATE_FORMAT")


def waiting_words(reward: Reward) -> str:
    """Why the person waits, each reason once; never a word of suspicion."""
    sentences = [_reason(_said(reward, reason)[1], reward) for reason in reward.pending_reasons]
    return " ".join(dict.fromkeys([*sentences, *_next_period(reward)]))


def _said(reward: Reward, reason: str) -> tuple[StrOrPromise, StrOrPromise]:
    usual = STAFF_REASONS[reason], PERSON_REASONS[reason]
    return OF_BENEFITS.get((reward.benefit, reason), usual)


def _reason(sentence: StrOrPromise, reward: Reward) -> str:
    text = str(sentence)
    return text % {
        "date": date_format(reward.eligible_at, "DATE_FORMAT"),
        "event": event_words(reward.rule.release_on) if "%(event)s" in text else "",
        "limit": _limit_words(reward) if "%(limit)s" in text else "",
    }


def _next_period(reward: Reward) -> list[str]:
    """Who stands in line for a budget that begins anew is told when."""
    budget = reward.rule.budget if Reason.BUDGET_EXHAUSTED in reward.pending_reasons else None
    begins = _room_from(budget.period, localdate(clock.now())) if budget else None
    return [_("New room comes on %(date)s.") % {"date": date_format(begins, "DATE_FORMAT")}] if begins else []


def _limit_words(reward: Reward) -> str:
    """'There is a limit of $500.00 a calendar year.', and from when there is new room, where that is known."""
    values = next((step["values"] for step in reversed(reward.trace) if step["code"] == "limit_waits"), None)
    if values is None:
        return _("A limit is reached.")
    numbers = {
        "limit": counted(values["limit"], values),
        "window": window_words(values["window"], values["days"] or None),
    }
    sentences = [_("There is a limit of %(limit)s %(window)s.") % numbers]
    if room_from := _room_from(values["window"], localdate(clock.now())):
        sentences.append(_("New room comes on %(date)s.") % {"date": date_format(room_from, "DATE_FORMAT")})
    return " ".join(sentences)


def _room_from(window: str, today: date) -> date | None:
    """When the next window of that kind begins; None for those that have no next."""
    months = {Limit.Window.MONTH: 1, Limit.Window.QUARTER: 3, Limit.Window.YEAR: 12}
    if window == Limit.Window.DAY:
        return today + timedelta(days=1)
    if window not in months:
        return None
    length = months[Limit.Window(window)]
    first = (today.month - 1) // length * length + length
    return date(today.year + first // 12, first % 12 + 1, 1)
