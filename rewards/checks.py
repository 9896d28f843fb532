"""What a campaign needs of this app before it may start."""

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from rewards.causes import charity_of
from rewards.models import Contest, RewardRule
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


def contests_check(campaign: Campaign) -> list[str]:
    """Whoever earns an entry must find an open contest, and one that the law allows."""
    missing = []
    contests = {contest.key: contest for contest in Contest.objects.filter(campaign=campaign)}
    for rule in standing_rules(campaign):
        if rule.benefit == RewardRule.Benefit.ENTRY:
            contest = contests.get(rule.benefit_settings.get("contest", ""))
            if contest is None or contest.status != Contest.Status.OPEN:
                missing.append(_("The contest of the rule “%(rule)s” is not open.") % {"rule": rule.key})
    for contest in contests.values():
        is_dead = contest.status in (Contest.Status.CANCELLED, Contest.Status.DRAWN)
        if not is_dead and not contest.free_entry_route.strip() and not contest.excluded_countries:
            missing.append(
                _("The contest “%(contest)s” names neither a way to enter without a referral nor countries left out.")
                % {"contest": contest}
            )
    return missing


def causes_check(campaign: Campaign) -> list[str]:
    """Whoever is promised a donation must find that it reaches somebody."""
    missing = []
    for rule in standing_rules(campaign):
        if rule.benefit == RewardRule.Benefit.DONATION:
            charity = charity_of(rule)
            if charity is None or not charity.is_active:
                missing.append(_("The good cause of the rule “%(rule)s” may not be given to.") % {"rule": rule.key})
    return missing
