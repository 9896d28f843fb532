"""What happened to rewards, told as a timeline: on the page of the referral and on the reward's own."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from config.lib.money import Money, money_words
from referrals.models import Referral
from referrals.timeline import TimelineEntry
from rewards.models import Reward, RewardEvent

Status = Reward.Status

# By the state that a step led to: icon, tone, title.
STEPS: Mapping[str, tuple[str, str, StrOrPromise]] = {
    Status.PENDING: ("gift", "", gettext_lazy("%(what)s earned for %(who)s")),
    Status.APPROVED: ("circle-check", "", gettext_lazy("%(what)s for %(who)s approved")),
    Status.PROCESSING: ("landmark", "", gettext_lazy("%(what)s for %(who)s handed to the bank")),
    Status.FULFILLED: ("circle-check", "success", gettext_lazy("%(who)s received %(what)s")),
    Status.DECLINED: ("ban", "danger", gettext_lazy("%(what)s for %(who)s declined")),
    Status.CANCELLED: ("ban", "warning", gettext_lazy("%(what)s for %(who)s cancelled")),
    Status.EXPIRED: ("clock", "warning", gettext_lazy("%(what)s for %(who)s expired")),
    Status.FAILED: ("circle-x", "danger", gettext_lazy("%(what)s for %(who)s could not be delivered")),
    Status.REVERSED: ("undo-2", "warning", gettext_lazy("%(what)s taken back from %(who)s")),
}

# Reasons that services write, as people read them; what staff typed stands as it is.
REASONS: Mapping[str, StrOrPromise] = {
    "earned": gettext_lazy("by the rules of the campaign"),
    "revived": gettext_lazy("the sale stands after all"),
    "approved": gettext_lazy("agreed with the amount"),
    "budget has room": gettext_lazy("the budget has room now"),
    "limit has room": gettext_lazy("the limit has room now"),
    "released": gettext_lazy("the step that it waited for was taken"),
    "not released any more": gettext_lazy("the step that had released it was taken back"),
    "not taken": gettext_lazy("nobody took it in time"),
    "by hand": gettext_lazy("given by hand"),
    "kept back": gettext_lazy("kept back for what had to be given back"),
    "reassigned": gettext_lazy("somebody else gets the credit"),
    "refund": gettext_lazy("the sale was refunded"),
    "won_taken_back": gettext_lazy("the sale was taken back"),
    "superseded": gettext_lazy("another sale took its place"),
    "refused": gettext_lazy("the referral was looked at: not honest"),
    "sent": gettext_lazy("the parcel is on its way"),
    "coupon used": gettext_lazy("the code was used"),
    "coupon returned": gettext_lazy("the sale was taken back: the code is good again"),
    "coupon expired": gettext_lazy("the code has run out"),
}


def rewards_of(referral: Referral) -> Iterable[TimelineEntry]:
    """Every step that changed a state, of all rewards of a referral."""
    steps = RewardEvent.objects.filter(reward__referral=referral).select_related("reward__contact__details", "actor")
    return [step_entry(step) for step in steps if step.status_from != step.status_to]


def step_entry(step: RewardEvent) -> TimelineEntry:
    reward = step.reward
    icon, tone, title = STEPS[step.status_to]
    if step.status_from == step.status_to:
        icon, tone, title = "info", "", gettext_lazy("%(what)s for %(who)s")
    what = money_words(Money(reward.amount, reward.unit))
    who = str(reward.contact) if reward.contact else _("a good cause")
    return TimelineEntry(
        at=step.occurred_at,
        icon=icon,
        title=str(title) % {"what": what, "who": who},
        text=REASONS.get(step.reason, step.reason),
        who=str(step.actor) if step.actor else "",
        tone=tone,
    )
