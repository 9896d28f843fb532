"""What is given, in words: as a rule names it, as its owner reads it, and as the heading of one."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from config.lib.money import Money, money_words
from rewards.contests import contest_named
from rewards.models import Charity, Reward, RewardRule
from rewards.words.lists import joined_or, quoted

Benefit = RewardRule.Benefit
Settings = Mapping[str, Any]

# Their settings say what they are called.
NAMED = (Benefit.FREE_MONTHS, Benefit.SERVICE, Benefit.UPGRADE)

# By itself, with its amount: '$20.00 in account credit', '3 months free of charge'.
WHAT: Mapping[str, StrOrPromise] = {
    Benefit.CASH: gettext_lazy("%(amount)s in money"),
    Benefit.CREDIT: gettext_lazy("%(amount)s in account credit"),
    Benefit.COUPON: gettext_lazy("a coupon of %(amount)s"),
    Benefit.GIFT_CARD: gettext_lazy("a gift card of %(amount)s"),
    Benefit.FREE_MONTHS: gettext_lazy("%(amount)s free of charge"),
    Benefit.SERVICE: gettext_lazy("a service free of charge (%(amount)s)"),
    Benefit.UPGRADE: gettext_lazy("an upgrade for %(amount)s"),
    Benefit.MERCHANDISE: gettext_lazy("a gift (%(amount)s)"),
    Benefit.MYSTERY: gettext_lazy("a mystery gift (%(amount)s)"),
    Benefit.ENTRY: gettext_lazy("%(amount)s in the prize draw"),
    Benefit.DONATION: gettext_lazy("a donation of %(amount)s to a good cause"),
    Benefit.CHOICE: gettext_lazy("%(amount)s, or something else of your choice"),
}

# Without its amount: the heading of a reward.
TITLES: Mapping[str, StrOrPromise] = {
    Benefit.CASH: gettext_lazy("Money"),
    Benefit.CREDIT: gettext_lazy("Account credit"),
    Benefit.COUPON: gettext_lazy("Coupon"),
    Benefit.GIFT_CARD: gettext_lazy("Gift card"),
    Benefit.FREE_MONTHS: gettext_lazy("Free months"),
    Benefit.SERVICE: gettext_lazy("Free service"),
    Benefit.UPGRADE: gettext_lazy("Upgrade"),
    Benefit.MERCHANDISE: gettext_lazy("Gift"),
    Benefit.MYSTERY: gettext_lazy("Mystery gift"),
    Benefit.ENTRY: gettext_lazy("Contest entry"),
    Benefit.DONATION: gettext_lazy("Donation"),
    Benefit.CHOICE: gettext_lazy("Your choice"),
}


def reward_words(reward: Reward) -> str:
    """'3 months free of charge: “Premium”'."""
    amount = money_words(Money(reward.amount, reward.unit))
    return _with_detail(benefit_words(reward.benefit, amount), _detail(reward))


def benefit_words(benefit: str, amount: str) -> str:
    return str(WHAT.get(benefit, "%(amount)s")) % {"amount": amount}


def title_words(reward: Reward) -> str:
    """'Free months: “Premium”'."""
    title = str(TITLES.get(reward.benefit, reward.benefit))
    return _with_detail(title, _detail(reward))


def detail_sentence(benefit: str, settings: Settings, *, is_staff: bool) -> str:
    """What exactly a rule gives, as a whole sentence; empty where nothing is to be added."""
    told = DETAILS.get(benefit)
    if told is None:
        return ""
    try:
        return told(settings, is_staff)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Somebody is still typing.
        return ""


def period_words(reward: Reward) -> str:
    """From when to when an upgrade or free months are theirs."""
    if not (reward.starts_at and reward.ends_at):
        return ""
    days = {
        "start": date_format(localtime(reward.starts_at), "DATE_FORMAT"),
        "end": date_format(localtime(reward.ends_at), "DATE_FORMAT"),
    }
    return _("It begins on %(start)s and ends on %(end)s.") % days


def _with_detail(what: str, detail: str) -> str:
    return _("%(what)s: %(detail)s") % {"what": what, "detail": quoted(detail)} if detail else what


def _detail(reward: Reward) -> str:
    """What exactly, by its name; empty where that is nothing of its own."""
    settings = reward.benefit_settings
    if reward.benefit == Benefit.DONATION:
        return reward.charity.name if reward.charity else ""
    if reward.benefit == Benefit.ENTRY:
        contest = contest_named(str(settings.get("contest", "")), campaign_id=reward.campaign_id)
        return contest.name if contest else ""
    return str(settings.get("name", "")) if reward.benefit in NAMED else ""


# --- what exactly -----------------------------------------------------------------------------------------------------


def _named(settings: Settings, is_staff: bool) -> str:
    return _("It is for %(name)s.") % {"name": quoted(settings["name"])}


def _pool(settings: Settings, is_staff: bool) -> str:
    if not is_staff or not settings.get("pool"):
        return ""
    return _("Its code comes from the pool %(name)s.") % {"name": quoted(settings["pool"])}


def _picked(settings: Settings, is_staff: bool) -> str:
    if item := settings.get("item"):
        return _("It is the item %(name)s of the catalogue.") % {"name": quoted(item)} if is_staff else ""
    if category := settings.get("category"):
        return _("It is picked from the category %(name)s.") % {"name": quoted(category)}
    return ""


def _entered(settings: Settings, is_staff: bool) -> str:
    """What a contest is called, its own page says: the rule knows its short name."""
    return _("It is for the contest %(name)s.") % {"name": quoted(settings["contest"])} if is_staff else ""


def _donated(settings: Settings, is_staff: bool) -> str:
    charity = Charity.objects.filter(key=settings["charity"]).first()
    return _("The good cause is %(name)s.") % {"name": quoted(charity.name if charity else settings["charity"])}


def _choice(settings: Settings, is_staff: bool) -> str:
    names = joined_or([quoted(option["name"]) for option in settings["options"]])
    return _("There is a choice: %(names)s.") % {"names": names}


DETAILS: Mapping[str, Callable[[Settings, bool], str]] = {
    Benefit.COUPON: _pool,
    Benefit.GIFT_CARD: _picked,
    Benefit.MERCHANDISE: _picked,
    Benefit.FREE_MONTHS: _named,
    Benefit.SERVICE: _named,
    Benefit.UPGRADE: _named,
    Benefit.ENTRY: _entered,
    Benefit.DONATION: _donated,
    Benefit.CHOICE: _choice,
}
