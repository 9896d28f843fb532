"""Rules, reasons and traces as sentences. Whole sentences, so that every language can order its words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.models import Segment
from config.lib.money import Money, money_words
from rewards.models import Condition, Limit, Reward, RewardRule
from rewards.rules.conditions import AdvocateSegment, FriendIsNew, FriendSegment, MinimumAmount, WithinDays
from rewards.rules.registry import PERCENT

Reason = Reward.PendingReason

# --- rules ------------------------------------------------------------------------------------------------------------

TRIGGERS = {
    "enrolled": gettext_lazy("When somebody joins the campaign"),
    "shared": gettext_lazy("When an advocate shares their link"),
    "claimed": gettext_lazy("When a friend leaves their address"),
    "contacted": gettext_lazy("When we have spoken with the friend"),
    "qualified": gettext_lazy("When the friend turns out to be a good fit"),
    "converted": gettext_lazy("When the friend becomes a customer"),
    "purchase": gettext_lazy("When the friend buys something"),
}

RECIPIENTS = {
    "advocate": gettext_lazy("%(when)s, the advocate gets %(what)s."),
    "friend": gettext_lazy("%(when)s, the friend gets %(what)s."),
    "charity": gettext_lazy("%(when)s, %(what)s go to a good cause."),
}

BENEFITS = {
    "cash": gettext_lazy("%(amount)s in money"),
    "credit": gettext_lazy("%(amount)s in account credit"),
    "coupon": gettext_lazy("a coupon of %(amount)s"),
}

LIMIT_SENTENCES = {
    ("amount", "advocate"): gettext_lazy("At most %(value)s for each advocate %(window)s."),
    ("amount", "friend"): gettext_lazy("At most %(value)s for each friend %(window)s."),
    ("amount", "campaign"): gettext_lazy("At most %(value)s in the campaign %(window)s."),
    ("friends", "advocate"): gettext_lazy("For at most %(value)s friends of each advocate %(window)s."),
    ("friends", "friend"): gettext_lazy("For each friend %(window)s."),
    ("friends", "campaign"): gettext_lazy("For at most %(value)s friends in the campaign %(window)s."),
    ("rewards", "advocate"): gettext_lazy("At most %(value)s times for each advocate %(window)s."),
    ("rewards", "friend"): gettext_lazy("At most %(value)s times for each friend %(window)s."),
    ("rewards", "campaign"): gettext_lazy("At most %(value)s times in the campaign %(window)s."),
}

WINDOWS = {
    "day": gettext_lazy("a day"),
    "month": gettext_lazy("a month"),
    "quarter": gettext_lazy("a quarter"),
    "year": gettext_lazy("a year"),
    "lifetime": gettext_lazy("in all"),
}


def rule_sentence(rule: RewardRule, *, told: Callable[[Condition], str] | None = None) -> str:
    """The whole rule in plain words, as it stands in the terms; the console tells conditions by `staff_words`."""
    when = TRIGGERS.get(rule.trigger) or _("When “%(event)s” happens") % {"event": rule.trigger}
    head = str(RECIPIENTS[rule.recipient]) % {"when": when, "what": what_words(rule)}
    return " ".join(
        [head, *_condition_sentences(rule, told or condition_words), *_limit_sentences(rule), *_time_sentences(rule)]
    )


def what_words(rule: RewardRule) -> str:
    """'US$20.00 in account credit', '5 % of the sale in money', 'a coupon of 10 %'."""
    return str(BENEFITS[rule.benefit]) % {"amount": _amount_words(rule)}


def _amount_words(rule: RewardRule) -> str:
    if rule.calculator == "percent":
        share = money_words(Money(rule.parameters["basis_points"], PERCENT))
        return _("%(percent)s of the sale") % {"percent": share}
    return joined_or([money_words(Money(row.amount, row.unit)) for row in rule.amounts.all()])


def joined_or(words: list[str]) -> str:
    """'A', 'A or B', 'A, B or C'."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s or %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def _amounts(amounts: Mapping[str, int]) -> str:
    return joined_or([money_words(Money(amount, unit)) for unit, amount in amounts.items()])


def _minimum_words(parameters: Mapping[str, Any]) -> str:
    return _("The sale is worth at least %(amount)s.") % {"amount": _amounts(parameters["amounts"])}


def _within_words(parameters: Mapping[str, Any]) -> str:
    days = parameters["days"]
    return ngettext("Within a day.", "Within %(days)s days.", days) % {"days": days}


CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "first": lambda _parameters: _("Only the first time."),
    MinimumAmount.kind: _minimum_words,
    FriendIsNew.kind: lambda _parameters: _("The friend has not bought here before."),
    WithinDays.kind: _within_words,
    # How a company calls its segments is its own affair.
    AdvocateSegment.kind: lambda _parameters: _("Only for advocates of a chosen group."),
    FriendSegment.kind: lambda _parameters: _("Only for friends of a chosen group."),
}

STAFF_SEGMENTS = {
    AdvocateSegment.kind: gettext_lazy("The advocate is in the segment “%(segment)s”."),
    FriendSegment.kind: gettext_lazy("The friend is in the segment “%(segment)s”."),
}


def staff_words(condition: Condition) -> str:
    """The condition as the console tells it: with the names that nobody outside reads."""
    sentence = STAFF_SEGMENTS.get(condition.kind)
    return str(sentence) % segment_named(condition.parameters) if sentence else condition_words(condition)


def segment_named(values: Mapping[str, Any]) -> dict[str, str]:
    """{"segment": name}, for one that is gone its public id."""
    public_id = str(values.get("segment", ""))
    segment = Segment.objects.filter(public_id=public_id).first()
    return {"segment": segment.name if segment else public_id}


def condition_words(condition: Condition) -> str:
    words = CONDITIONS.get(condition.kind)
    return words(condition.parameters) if words else condition.kind


def _condition_sentences(rule: RewardRule, told: Callable[[Condition], str]) -> list[str]:
    by_group: dict[str, list[str]] = {}
    for condition in rule.conditions.all():
        by_group.setdefault(condition.group, []).append(told(condition))
    sentences = by_group.get(Condition.Group.ALL, [])
    if any_of := by_group.get(Condition.Group.ANY):
        sentences.append(_("At least one of these holds: %(list)s") % {"list": " ".join(any_of)})
    if none_of := by_group.get(Condition.Group.NOT):
        sentences.append(_("None of these holds: %(list)s") % {"list": " ".join(none_of)})
    return sentences


def _limit_sentences(rule: RewardRule) -> list[str]:
    return [limit_words(limit, rule) for limit in rule.limits.all()]


def limit_words(limit: Limit, rule: RewardRule) -> str:
    value = str(limit.value)
    if limit.measure == Limit.Measure.AMOUNT:
        value = joined_or([money_words(Money(limit.value, row.unit)) for row in rule.amounts.all()]) or value
    sentence = str(LIMIT_SENTENCES[limit.measure, limit.per])
    return sentence % {"value": value, "window": WINDOWS[limit.window]}


def _time_sentences(rule: RewardRule) -> list[str]:
    sentences = []
    if rule.hold_days:
        sentences.append(
            ngettext("After a waiting time of a day.", "After a waiting time of %(days)s days.", rule.hold_days)
            % {"days": rule.hold_days}
        )
    if rule.expires_after_days:
        sentences.append(
            ngettext("Valid for a day.", "Valid for %(days)s days.", rule.expires_after_days)
            % {"days": rule.expires_after_days}
        )
    return sentences


# --- why a reward waits -----------------------------------------------------------------------------------------------

STAFF_REASONS = {
    Reason.ON_HOLD: gettext_lazy("The waiting time runs until %(date)s."),
    Reason.NEEDS_APPROVAL: gettext_lazy("It is above the amount from which a person approves."),
    Reason.UNDER_REVIEW: gettext_lazy("The referral is to be looked at first."),
    Reason.BUDGET_EXHAUSTED: gettext_lazy("The budget is used up. It is taken up, in turn, when there is room."),
    Reason.MISSING_PAYOUT_METHOD: gettext_lazy("The person has not said where to pay."),
    Reason.BELOW_MINIMUM: gettext_lazy("It is below the minimum payout."),
}

PERSON_REASONS = {
    Reason.ON_HOLD: gettext_lazy("It is yours from %(date)s, when the time for returns is over."),
    Reason.NEEDS_APPROVAL: gettext_lazy("We are checking this, you hear from us soon."),
    Reason.UNDER_REVIEW: gettext_lazy("We are checking this, you hear from us soon."),
    Reason.BUDGET_EXHAUSTED: gettext_lazy("It stands in line and is yours as soon as its turn comes."),
    Reason.MISSING_PAYOUT_METHOD: gettext_lazy("Tell us where to pay it."),
    Reason.BELOW_MINIMUM: gettext_lazy("We pay as soon as a little more has come together."),
}


def staff_reasons(reward: Reward) -> list[str]:
    return [_reason(STAFF_REASONS[Reason(reason)], reward) for reason in reward.pending_reasons]


def waiting_words(reward: Reward) -> str:
    """Why the person waits, each reason once; never a word of suspicion."""
    sentences = [_reason(PERSON_REASONS[Reason(reason)], reward) for reason in reward.pending_reasons]
    return " ".join(dict.fromkeys(sentences))


def _reason(sentence: Any, reward: Reward) -> str:
    return str(sentence) % {"date": date_format(reward.eligible_at, "DATE_FORMAT")}


# --- why a reward came to be ------------------------------------------------------------------------------------------

TRACE = {
    "first": gettext_lazy("It is number %(sequence)s of its kind."),
    "no_amount": gettext_lazy("The event carries no amount."),
    "currency_mismatch": gettext_lazy("No amount is stated in the currency of the sale: a person has to decide."),
    "minimum_amount": gettext_lazy("The sale is worth %(amount)s; at least %(minimum)s are asked for."),
    "friend_is_new": gettext_lazy("The friend had not bought here before."),
    "within_days": gettext_lazy("It happened %(days)s days after the friend came in; %(limit)s are allowed."),
    "advocate_segment": gettext_lazy("Asked was whether the advocate is in the segment “%(segment)s”."),
    "friend_segment": gettext_lazy("Asked was whether the friend is in the segment “%(segment)s”."),
    "no_referral": gettext_lazy("There is no referral."),
    "no_recipient": gettext_lazy("There is nobody to give it to."),
    "nothing_due": gettext_lazy("The sum comes to nothing."),
    "exclusive_group": gettext_lazy("Another rule of the group “%(group)s” has paid."),
    "due": gettext_lazy("%(amount)s are due."),
    "limit_reached": gettext_lazy("The limit of %(limit)s is reached."),
    "limit_partial": gettext_lazy("A limit leaves %(amount)s of it."),
    "already_rewarded": gettext_lazy("It has been rewarded before."),
    "taken_back": gettext_lazy("What happened was taken back."),
    "no_campaign": gettext_lazy("It belongs to no campaign."),
    "coupon_used": gettext_lazy("The coupon was used."),
    "coupon_not_valid": gettext_lazy("The coupon is not valid."),
    "coupon_void": gettext_lazy("A coupon that is not valid was given, so that the page answers everybody alike."),
}


def trace_words(verdict: Mapping[str, Any]) -> str:
    """One step of a trace: {"code", "passed", "values"}."""
    sentence = TRACE.get(verdict["code"])
    if sentence is None:
        return str(verdict["code"])
    return str(sentence) % _worded(verdict["values"])


def _worded(values: Mapping[str, Any]) -> dict[str, Any]:
    if "segment" in values:
        return dict(values) | segment_named(values)
    unit = values.get("unit")
    if not unit:
        return dict(values)
    amounts = {name: values[name] for name in ("amount", "minimum") if name in values}
    return dict(values) | {name: money_words(Money(amount, unit)) for name, amount in amounts.items()}
