"""What the person themselves may know, in the active language: no suspicion, no name of the house's own.

An advocate reads the steps of a friend, never what the friend bought or for how much; a friend reads about themselves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.models import Contact, Purchase
from advocates.selectors import public_name
from referrals.models import Referral, ReferralEvent
from rewards.explain.happenings import REFERRAL_EVENT
from rewards.models import Evaluation, Reward, RewardRule
from rewards.rules.rule import BY_HAND
from rewards.standing import standing
from rewards.words import rule_sentence, trace_words, until_words, waiting_words
from rewards.words.limit_steps import counted
from rewards.words.limits import window_words
from rewards.words.lists import amount_words, day_words, quoted

Status, Recipient = Reward.Status, RewardRule.Recipient
LATEST = 20
TOLD_BY_MAIL = 4

# Steps of an amount that say nothing of the sale, so that an advocate may read them too.
SAFE_STEPS = frozenset({"milestone", "step", "less_step_before", "tier_times", "no_tier", "prize_drawn"})
FRIEND_STEPS = SAFE_STEPS | {
    "share_of",
    "raised_to_floor",
    "cut_at_ceiling",
    "units_cut",
    "units_times",
    "product_units",
    "product_amount",
    "region_amount",
    "demand_amount",
}
# What hangs on the friend alone: to an advocate it is a condition of the campaign, whichever.
OF_THE_FRIEND = frozenset({"minimum_amount", "product", "minimum_quantity", "friend_is_new", "not_customer_for"})

GENERAL = gettext_lazy("It did not meet a condition of the campaign.")
CHECKING = gettext_lazy("We are checking this, you hear from us soon.")


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing a person may ask about. `words`: whole sentences. `reward`: None where there is none."""

    at: datetime
    title: str
    words: Sequence[str]
    reward: Reward | None = None


def own_words(contact: Contact) -> list[str]:
    """A paragraph for each of the latest matters; one that asks back where nothing is known."""
    told = [" ".join(matter.words) for matter in [*reward_matters(contact), *open_matters(contact)]]
    return told[:TOLD_BY_MAIL] or [
        _(
            "We know of no recommendation by you or for you. Tell us the name or the code of who recommended us, "
            "and the number of your order, and we look again."
        )
    ]


# --- rewards there are ------------------------------------------------------------------------------------------------


def reward_matters(contact: Contact) -> list[Matter]:
    rewards = Reward.objects.filter(contact=contact).select_related(
        "campaign", "rule__campaign", "rule__budget", "referral__friend__details", "coupon"
    )
    newest = rewards.prefetch_related("rule__amounts", "rule__conditions", "rule__limits")
    return [
        Matter(reward.created_at, _title(reward), [reward_state(reward), *reward_why(reward)], reward)
        for reward in newest.order_by("-created_at", "-pk")[:LATEST]
    ]


def _title(reward: Reward) -> str:
    return amount_words(reward.amount, reward.unit)


STATES: Mapping[str, Any] = {
    Status.PENDING: gettext_lazy("%(amount)s from %(campaign)s is on its way to you."),
    Status.APPROVED: gettext_lazy("%(amount)s from %(campaign)s is ready and comes with the next payout."),
    Status.PROCESSING: gettext_lazy("%(amount)s from %(campaign)s is being paid."),
    Status.FAILED: gettext_lazy("%(amount)s from %(campaign)s is being paid."),
    Status.FULFILLED: gettext_lazy("You received %(amount)s from %(campaign)s on %(date)s."),
    Status.REVERSED: gettext_lazy("%(amount)s from %(campaign)s was taken back: what it was for no longer stands."),
    Status.CANCELLED: gettext_lazy("%(amount)s from %(campaign)s is not due: what it was for no longer stands."),
    Status.DECLINED: gettext_lazy("We looked at %(amount)s from %(campaign)s and cannot give it."),
    Status.EXPIRED: gettext_lazy("%(amount)s from %(campaign)s ran out on %(date)s."),
}


def reward_state(reward: Reward) -> str:
    """Where it is, and why it waits."""
    at = reward.fulfilled_at if reward.status == Status.FULFILLED else reward.expires_at
    told = str(STATES[reward.status]) % {
        "amount": amount_words(reward.amount, reward.unit),
        "campaign": quoted(reward.campaign.name),
        "date": _day(at or reward.created_at),
    }
    waits = waiting_words(reward) if reward.status == Status.PENDING else ""
    return " ".join(filter(None, [told, waits, until_words(reward)]))


def reward_why(reward: Reward) -> list[str]:
    """The rule it came by, what happened, and the amount step by step as far as this person may read it."""
    if reward.rule.trigger == BY_HAND:
        return [_("We gave it to you beside what the rules of the campaign say.")]
    steps = FRIEND_STEPS if reward.recipient_kind == Recipient.FRIEND else SAFE_STEPS
    told = [trace_words(step, campaign=reward.campaign) for step in reward.trace if step["code"] in steps]
    cut = next((step for step in reward.trace if step["code"] == "limit_partial"), None)
    return [
        *_what_happened(reward),
        _("The rule: %(rule)s") % {"rule": rule_sentence(reward.rule)},
        *told,
        *([_limit_words(cut["values"])] if cut else []),
    ]


def _what_happened(reward: Reward) -> list[str]:
    if reward.referral is None:
        return []
    told = {"friend": friend_name(reward.referral), "day": _day(reward.created_at)}
    if reward.recipient_kind == Recipient.FRIEND:
        return [_("You earned it on %(day)s.") % told]
    return [_("You earned it on %(day)s, thanks to %(friend)s.") % told]


# --- where there is none yet ------------------------------------------------------------------------------------------


def open_matters(contact: Contact) -> list[Matter]:
    """Friends who brought this person nothing, and what they hoped for as a friend; each with its reason."""
    referrals = Referral.objects.filter(Q(advocate=contact) | Q(friend=contact)).select_related(
        "campaign", "friend__details", "advocate__details"
    )
    found = []
    for referral in referrals.exclude(rewards__contact=contact).order_by("-submitted_at", "-pk")[:LATEST]:
        is_friend = referral.friend_id == contact.pk
        words = _as_friend(referral) if is_friend else _as_advocate(referral)
        title = quoted(referral.campaign.name) if is_friend else friend_name(referral)
        found.append(Matter(referral.submitted_at, title, words))
    return [*found, *_refused_claims(contact)]


def _as_advocate(referral: Referral) -> list[str]:
    told = {"friend": friend_name(referral), "day": _day(referral.submitted_at)}
    came = _("%(friend)s came in over your recommendation on %(day)s.") % told
    if referral.review == Referral.Review.HELD:
        return [came, str(CHECKING)]
    if referral.is_open:
        return [came, _("They are no customer yet. Your reward comes as soon as the campaign's conditions are met.")]
    if referral.status != Referral.Status.CONVERTED:
        return [came, _("It did not work out this time.")]
    won = _("%(friend)s has become a customer. Thank you.") % told
    return [won, *_why_nothing(referral, Recipient.ADVOCATE)]


def _as_friend(referral: Referral) -> list[str]:
    told = {"day": _day(referral.submitted_at), "campaign": quoted(referral.campaign.name)}
    came = _("You came to us on %(day)s by %(campaign)s.") % told
    if referral.review == Referral.Review.HELD:
        return [came, str(CHECKING)]
    bought = Purchase.objects.filter(contact=referral.friend_id, occurred_at__gte=referral.submitted_at).exists()
    if bought or referral.status == Referral.Status.CONVERTED:
        return [came, *_why_nothing(referral, Recipient.FRIEND)]
    return [
        came,
        _(
            "We know of no purchase of yours since then. Did you buy under another address? "
            "Tell us the number of your order."
        ),
    ]


def _why_nothing(referral: Referral, recipient: str) -> list[str]:
    """By the latest event that a rule for this person answered with nothing."""
    won = referral.events.filter(status_to=Referral.Status.CONVERTED).order_by("-recorded_at", "-pk").first()
    if won and standing(won).is_gone:
        return [_("It was taken back afterwards, so that nothing is due for it.")]
    events = list(referral.events.order_by("-recorded_at", "-pk").values_list("pk", flat=True)[:LATEST])
    evaluations = Evaluation.objects.filter(source=REFERRAL_EVENT, source_id__in=events)
    by_event = {one.source_id: one for one in evaluations}
    if any(pk not in by_event for pk in events):
        return [_("We are still reckoning. Look again in a few minutes.")]
    for pk in events:
        entries = [entry for entry in by_event[pk].trace if entry.get("recipient") == recipient]
        if entries:
            return list(dict.fromkeys(_reason(entry["steps"], recipient) for entry in entries))
    return [_("No reward of this campaign is meant for that step.")]


def _reason(steps: Sequence[Mapping[str, Any]], recipient: str) -> str:
    """The step that decided, as this person may read it."""
    step = next((step for step in steps if _decides(step)), None)
    if step is None or (step["code"] in OF_THE_FRIEND and recipient != Recipient.FRIEND):
        return str(GENERAL)
    told = REASONS.get(step["code"])
    return told(step["values"]) if told else str(GENERAL)


def _decides(step: Mapping[str, Any]) -> bool:
    return not step["passed"] and step.get("group", "all") == "all"


def _first(values: Mapping[str, Any]) -> str:
    return _("Only the first time counts, and this was not the first.")


def _too_late(values: Mapping[str, Any]) -> str:
    limit = values["limit"]
    told = ngettext(
        "It came too late: it counts within a day of coming in.",
        "It came too late: it counts within %(limit)s days of coming in.",
        limit,
    )
    return told % {"limit": limit}


def _after_the_last_day(values: Mapping[str, Any]) -> str:
    return _("It came too late: the last day was %(day)s.") % {"day": day_words(values["day"])}


def _too_little(values: Mapping[str, Any]) -> str:
    minimum = amount_words(values["minimum"], values["unit"])
    return _("The purchase was below the smallest amount that counts, %(minimum)s.") % {"minimum": minimum}


def _not_among(values: Mapping[str, Any]) -> str:
    return _("What you bought is not among what this campaign rewards.")


def _too_few(values: Mapping[str, Any]) -> str:
    quantity = values["quantity"]
    told = ngettext("It counts from %(quantity)s piece on.", "It counts from %(quantity)s pieces on.", quantity)
    return told % {"quantity": quantity}


def _known(values: Mapping[str, Any]) -> str:
    return _("You have bought from us before, and this campaign is for people who are new to us.")


def _next_milestone(values: Mapping[str, Any]) -> str:
    told = {"reached": values["reached"], "next": values["next"]}
    if not values["next"]:
        return _("You have reached the last milestone. Thank you.")
    return _("Friends who became customers so far: %(reached)s. The next reward comes with number %(next)s.") % told


def _next_step(values: Mapping[str, Any]) -> str:
    told = {"reached": values["reached"], "next": values["next"]}
    if not values["next"]:
        return _("All steps are reached.")
    return _("So far it is number %(reached)s. The next part comes at number %(next)s.") % told


def _limit_words(values: Mapping[str, Any]) -> str:
    numbers = {
        "limit": counted(values["limit"], values),
        "window": window_words(values["window"], values["days"] or None),
    }
    return _("There is a limit of %(limit)s %(window)s, and it is reached.") % numbers


def _by_hand(values: Mapping[str, Any]) -> str:
    return _("A colleague looks at the currency of this one. You hear from us.")


def _before(values: Mapping[str, Any]) -> str:
    return _("It has been rewarded before.")


def _better_one(values: Mapping[str, Any]) -> str:
    return _("Another reward for the same was better, and only the best is given.")


REASONS = {
    "first": _first,
    "within_days": _too_late,
    "deadline": _after_the_last_day,
    "minimum_amount": _too_little,
    "product": _not_among,
    "minimum_quantity": _too_few,
    "friend_is_new": _known,
    "not_customer_for": _known,
    "milestone_ahead": _next_milestone,
    "step_ahead": _next_step,
    "limit_reached": _limit_words,
    "currency_mismatch": _by_hand,
    "already_rewarded": _before,
    "exclusive_group": _better_one,
}

REFUSALS: Mapping[str, Any] = {
    "self_referral": gettext_lazy("It came over your own link, and nobody can recommend us to themselves."),
    "already_referred": gettext_lazy("You were recommended to us before, and that recommendation stands."),
    "existing_customer": gettext_lazy("You are a customer already, and this offer is for people who are new to us."),
    "campaign_not_open": gettext_lazy("The campaign of that code has ended."),
    "link_off": gettext_lazy("That code is not in use any more."),
}


def _refused_claims(contact: Contact) -> Iterable[Matter]:
    claims = ReferralEvent.objects.filter(contact=contact, type=ReferralEvent.CLAIM_REFUSED).select_related("campaign")
    for claim in claims.order_by("-recorded_at")[:1]:
        campaign = quoted(claim.campaign.name) if claim.campaign else ""
        words = _("Your address was entered for %(campaign)s on %(day)s.") % {
            "campaign": campaign,
            "day": _day(claim.recorded_at),
        }
        why = REFUSALS.get(claim.metadata.get("code", ""), GENERAL)
        yield Matter(claim.recorded_at, campaign, [words, str(why)])


def friend_name(referral: Referral) -> str:
    return public_name(referral.friend) or _("A friend")


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
