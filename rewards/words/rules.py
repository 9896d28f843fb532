"""A whole rule as one plain text, made from the rule itself: the same in the terms, the API and the console."""

from collections.abc import Callable

from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from campaigns.models import Campaign
from rewards.models import Condition, RewardRule
from rewards.rules.rule import BY_HAND
from rewards.words.benefits import benefit_words, detail_sentence
from rewards.words.calculators import HowMuch, how_much
from rewards.words.conditions import Reader, condition_told
from rewards.words.limits import amount_at_most, limit_told
from rewards.words.lists import event_words, quoted
from rewards.words.view import AnyCondition, AnyRule, RuleView, view_of

NORMAL_PRIORITY = 100

Recipient, Benefit, Once = RewardRule.Recipient, RewardRule.Benefit, RewardRule.Once

TRIGGERS = {
    "enrolled": gettext_lazy("When somebody joins the campaign"),
    "shared": gettext_lazy("When an advocate shares their link"),
    "claimed": gettext_lazy("When a friend leaves their address"),
    "contacted": gettext_lazy("When we have spoken with the friend"),
    "qualified": gettext_lazy("When the friend turns out to be a good fit"),
    "converted": gettext_lazy("When the friend becomes a customer"),
    "purchase": gettext_lazy("When the friend buys something"),
    "nps_answered": gettext_lazy("When somebody answers our question"),
    "coupon_redeemed": gettext_lazy("When the friend uses their coupon"),
}

GIVES: dict[tuple[str, str], StrOrPromise] = {
    (Recipient.ADVOCATE, Benefit.CASH): gettext_lazy("%(when)s, the advocate gets %(amount)s in money."),
    (Recipient.ADVOCATE, Benefit.CREDIT): gettext_lazy("%(when)s, the advocate gets %(amount)s in account credit."),
    (Recipient.ADVOCATE, Benefit.COUPON): gettext_lazy("%(when)s, the advocate gets a coupon of %(amount)s."),
    (Recipient.ADVOCATE, Benefit.GIFT_CARD): gettext_lazy("%(when)s, the advocate gets a gift card of %(amount)s."),
    (Recipient.ADVOCATE, Benefit.FREE_MONTHS): gettext_lazy("%(when)s, the advocate gets %(amount)s free of charge."),
    (Recipient.ADVOCATE, Benefit.SERVICE): gettext_lazy(
        "%(when)s, the advocate gets a service free of charge (%(amount)s)."
    ),
    (Recipient.ADVOCATE, Benefit.UPGRADE): gettext_lazy("%(when)s, the advocate gets an upgrade for %(amount)s."),
    (Recipient.ADVOCATE, Benefit.MERCHANDISE): gettext_lazy("%(when)s, the advocate gets a gift (%(amount)s)."),
    (Recipient.ADVOCATE, Benefit.MYSTERY): gettext_lazy("%(when)s, the advocate gets a mystery gift (%(amount)s)."),
    (Recipient.ADVOCATE, Benefit.ENTRY): gettext_lazy("%(when)s, the advocate gets %(amount)s in the prize draw."),
    (Recipient.ADVOCATE, Benefit.DONATION): gettext_lazy("%(when)s, we donate %(amount)s for the advocate."),
    (Recipient.ADVOCATE, Benefit.CHOICE): gettext_lazy(
        "%(when)s, the advocate gets %(amount)s, or something else to choose from."
    ),
    (Recipient.FRIEND, Benefit.CASH): gettext_lazy("%(when)s, the friend gets %(amount)s in money."),
    (Recipient.FRIEND, Benefit.CREDIT): gettext_lazy("%(when)s, the friend gets %(amount)s in account credit."),
    (Recipient.FRIEND, Benefit.COUPON): gettext_lazy("%(when)s, the friend gets a coupon of %(amount)s."),
    (Recipient.FRIEND, Benefit.GIFT_CARD): gettext_lazy("%(when)s, the friend gets a gift card of %(amount)s."),
    (Recipient.FRIEND, Benefit.FREE_MONTHS): gettext_lazy("%(when)s, the friend gets %(amount)s free of charge."),
    (Recipient.FRIEND, Benefit.SERVICE): gettext_lazy(
        "%(when)s, the friend gets a service free of charge (%(amount)s)."
    ),
    (Recipient.FRIEND, Benefit.UPGRADE): gettext_lazy("%(when)s, the friend gets an upgrade for %(amount)s."),
    (Recipient.FRIEND, Benefit.MERCHANDISE): gettext_lazy("%(when)s, the friend gets a gift (%(amount)s)."),
    (Recipient.FRIEND, Benefit.MYSTERY): gettext_lazy("%(when)s, the friend gets a mystery gift (%(amount)s)."),
    (Recipient.FRIEND, Benefit.ENTRY): gettext_lazy("%(when)s, the friend gets %(amount)s in the prize draw."),
    (Recipient.FRIEND, Benefit.DONATION): gettext_lazy("%(when)s, we donate %(amount)s for the friend."),
    (Recipient.FRIEND, Benefit.CHOICE): gettext_lazy(
        "%(when)s, the friend gets %(amount)s, or something else to choose from."
    ),
    (Recipient.CHARITY, Benefit.CASH): gettext_lazy("%(when)s, a good cause gets %(amount)s in money."),
    (Recipient.CHARITY, Benefit.CREDIT): gettext_lazy("%(when)s, a good cause gets %(amount)s in account credit."),
    (Recipient.CHARITY, Benefit.COUPON): gettext_lazy("%(when)s, a good cause gets a coupon of %(amount)s."),
    (Recipient.CHARITY, Benefit.GIFT_CARD): gettext_lazy("%(when)s, a good cause gets a gift card of %(amount)s."),
    (Recipient.CHARITY, Benefit.FREE_MONTHS): gettext_lazy("%(when)s, a good cause gets %(amount)s free of charge."),
    (Recipient.CHARITY, Benefit.SERVICE): gettext_lazy(
        "%(when)s, a good cause gets a service free of charge (%(amount)s)."
    ),
    (Recipient.CHARITY, Benefit.UPGRADE): gettext_lazy("%(when)s, a good cause gets an upgrade for %(amount)s."),
    (Recipient.CHARITY, Benefit.MERCHANDISE): gettext_lazy("%(when)s, a good cause gets a gift (%(amount)s)."),
    (Recipient.CHARITY, Benefit.MYSTERY): gettext_lazy("%(when)s, a good cause gets a mystery gift (%(amount)s)."),
    (Recipient.CHARITY, Benefit.ENTRY): gettext_lazy("%(when)s, a good cause gets %(amount)s in the prize draw."),
    (Recipient.CHARITY, Benefit.DONATION): gettext_lazy("%(when)s, we donate %(amount)s to a good cause."),
    (Recipient.CHARITY, Benefit.CHOICE): gettext_lazy(
        "%(when)s, a good cause gets %(amount)s, or something else to choose from."
    ),
}

ONCE = {
    Once.EVENT: gettext_lazy("It counts each time."),
    Once.FRIEND: gettext_lazy("It counts once for each friend."),
    Once.PARTY: gettext_lazy("It counts once for each person who gets it."),
}


def rule_sentence(rule: AnyRule, *, campaign: Campaign | None = None) -> str:
    """The rule as it stands in the terms."""
    return " ".join(_sentences(view_of(rule, campaign), is_staff=False))


def staff_sentence(rule: AnyRule, *, campaign: Campaign | None = None) -> str:
    """The rule as the console tells it: with names, and with what only the house has to know."""
    return " ".join(staff_sentences(rule, campaign=campaign))


def staff_sentences(rule: AnyRule, *, campaign: Campaign | None = None) -> list[str]:
    """The same one by one, so that two versions can be compared."""
    view = view_of(rule, campaign)
    return [*_sentences(view, is_staff=True), *_house_sentences(view)]


def what_words(rule: AnyRule) -> str:
    """'$20.00 in account credit', '5 % of the sale in money', 'a coupon of 10 %'."""
    return benefit_words(rule.benefit, how_much(view_of(rule)).amount)


def trigger_words(trigger: str) -> str:
    return str(TRIGGERS.get(trigger) or _("When %(event)s happens") % {"event": quoted(trigger)})


def _sentences(view: RuleView, *, is_staff: bool) -> list[str]:
    reader = Reader(is_staff=is_staff, campaign=view.campaign)
    if view.rule.trigger == BY_HAND:
        return [_("Given by a colleague.")]
    how = how_much(view)
    return [
        _gives(view, how),
        *_detail(view, reader),
        *how.more,
        *_once(view),
        *_conditions(view, lambda condition: condition_told(condition, reader)),
        *[limit_told(limit, view) for limit in view.limits],
        *_group(view, reader),
        *_times(view),
    ]


def _gives(view: RuleView, how: HowMuch) -> str:
    sentence = GIVES[view.rule.recipient, view.rule.benefit]
    return str(sentence) % {"when": trigger_words(view.rule.trigger), "amount": how.amount}


def _detail(view: RuleView, reader: Reader) -> list[str]:
    told = detail_sentence(view.rule.benefit, view.rule.benefit_settings, is_staff=reader.is_staff)
    return [told] if told else []


def _once(view: RuleView) -> list[str]:
    return [str(ONCE[Once(view.rule.once_per)])] if view.rule.once_per else []


def _conditions(view: RuleView, told: Callable[[AnyCondition], str]) -> list[str]:
    by_group: dict[str, list[str]] = {}
    for condition in view.conditions:
        by_group.setdefault(condition.group, []).append(told(condition))
    sentences = by_group.get(Condition.Group.ALL, [])
    if any_of := by_group.get(Condition.Group.ANY):
        sentences.append(_("At least one of these holds: %(list)s") % {"list": _numbered(any_of)})
    if none_of := by_group.get(Condition.Group.NOT):
        sentences.append(_("None of these holds: %(list)s") % {"list": _numbered(none_of)})
    return sentences


def _numbered(sentences: list[str]) -> str:
    """So that nobody takes the next sentence for one of the list."""
    if len(sentences) == 1:
        return sentences[0]
    return " ".join(f"({number}) {sentence}" for number, sentence in enumerate(sentences, start=1))


def _group(view: RuleView, reader: Reader) -> list[str]:
    if not view.rule.exclusive_group:
        return []
    if reader.is_staff:
        return [_("Of the group %(group)s only the best is paid.") % {"group": quoted(view.rule.exclusive_group)}]
    return [_("Where several rewards of this kind would be due, only the best is paid.")]


def _times(view: RuleView) -> list[str]:
    sentences = []
    if hold := view.rule.hold_days:
        told = ngettext("After a waiting time of a day.", "After a waiting time of %(days)s days.", hold)
        sentences.append(told % {"days": hold})
    if released_by := view.rule.release_on:
        sentences.append(_("It is given as soon as %(event)s has followed.") % {"event": event_words(released_by)})
    if valid := view.rule.expires_after_days:
        sentences.append(ngettext("Valid for a day.", "Valid for %(days)s days.", valid) % {"days": valid})
    return sentences


def _house_sentences(view: RuleView) -> list[str]:
    sentences = []
    if view.rule.approval_above is not None:
        above = {"amount": amount_at_most(view.rule.approval_above, view)}
        sentences.append(_("Above %(amount)s a person approves.") % above)
    if view.rule.budget:
        sentences.append(_("It is paid from the budget %(budget)s.") % {"budget": quoted(view.rule.budget)})
    if view.rule.priority != NORMAL_PRIORITY:
        first = {"priority": view.rule.priority}
        sentences.append(_("Its priority is %(priority)s; the lowest number comes first.") % first)
    return sentences
