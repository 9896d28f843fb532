"""What a campaign needs of this app before it may start."""

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from rewards.models import RewardRule
from rewards.words import rule_sentence


def rules_check(campaign: Campaign) -> list[str]:
    rules = standing_rules(campaign)
    if not rules:
        return [_("No rule says what anybody gets.")]
    return [
        _("The budget “%(budget)s” of the rule “%(rule)s” is empty.") % {"budget": rule.budget, "rule": rule.key}
        for rule in rules
        if rule.budget and not rule.budget.amount
    ]


def standing_rules(campaign: Campaign) -> list[RewardRule]:
    """In the order in which they are told."""
    rules = RewardRule.objects.standing().filter(campaign=campaign).select_related("budget")
    return list(rules.prefetch_related("amounts", "conditions", "limits").order_by("recipient", "priority", "key"))


def terms_sentences(campaign: Campaign) -> list[str]:
    """The campaign's rules as sentences, in the active language: for its terms, its page and the API."""
    return [rule_sentence(rule) for rule in standing_rules(campaign)]
