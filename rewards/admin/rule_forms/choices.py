"""What a rule of this campaign may choose from: steps, events, segments, tiers, levels, relations, currencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from advocates.models import CircleLevel, Contact, Segment
from campaigns.models import Campaign
from campaigns.selectors import company
from config.lib.units import NAMED_UNITS, PERCENT, active_currencies
from referrals.models import ReferralEvent
from rewards.models import Budget, CatalogueItem, Charity, Contest, CouponPool, RewardRule, RuleAmount, Tier
from rewards.rules.benefits import BENEFITS

# Among so many of the latest events those of the campaign are looked for, however many there are in all.
LATEST = 2_000

STEPS: Mapping[str, StrOrPromise] = {
    "enrolled": gettext_lazy("Somebody joins the campaign"),
    "shared": gettext_lazy("An advocate shares their link"),
    "claimed": gettext_lazy("A friend leaves their address"),
    "contacted": gettext_lazy("We have spoken with the friend"),
    "qualified": gettext_lazy("The friend turns out to be a good fit"),
    "converted": gettext_lazy("The friend becomes a customer"),
    "nps_answered": gettext_lazy("Somebody says how likely they are to recommend us"),
    "coupon_redeemed": gettext_lazy("A coupon is redeemed"),
}

EVENTS: Mapping[str, StrOrPromise] = {
    "purchase": gettext_lazy("The friend buys something"),
    "signup": gettext_lazy("The friend signs up"),
}

Options = list[tuple[str, StrOrPromise]]


@dataclass(frozen=True)
class Offered:
    """Read once for each page; every form on it is made with these."""

    campaign: Campaign

    @cached_property
    def steps(self) -> Options:
        return list(STEPS.items())

    @cached_property
    def events(self) -> Options:
        """By name: what converts here, what came in lately, what rules already wait for."""
        waited_for = RewardRule.objects.exclude(trigger__in=STEPS).values_list("trigger", flat=True).distinct()
        latest = ReferralEvent.objects.order_by("-pk").values_list("type", "referral__campaign")[:LATEST]
        seen = {name for name, campaign in latest if campaign == self.campaign.pk} - ReferralEvent.OWN_TYPES
        names = [*self.campaign.conversion_events, "purchase", *sorted(seen | set(waited_for))]
        return [(name, _event_label(name)) for name in dict.fromkeys(names) if isinstance(name, str)]

    @cached_property
    def segments(self) -> Options:
        return list(Segment.objects.filter(is_active=True).order_by("name").values_list("public_id", "name"))

    @cached_property
    def tiers(self) -> Options:
        tiers = Tier.objects.filter(campaign=self.campaign).order_by("from_confirmed")
        return list(tiers.values_list("key", "name"))

    @cached_property
    def levels(self) -> Options:
        return [(name, name) for name in CircleLevel.objects.order_by("rank").values_list("name", flat=True)]

    @cached_property
    def relations(self) -> Options:
        return list(Contact.Relation.choices)

    @cached_property
    def pools(self) -> Options:
        pools = CouponPool.objects.filter(campaign=self.campaign).order_by("name")
        return list(pools.values_list("key", "name"))

    @cached_property
    def items(self) -> Options:
        return list(CatalogueItem.objects.filter(is_active=True).order_by("name").values_list("key", "name"))

    @cached_property
    def contests(self) -> Options:
        return list(Contest.objects.filter(campaign=self.campaign).order_by("name").values_list("key", "name"))

    @cached_property
    def charities(self) -> Options:
        return list(Charity.objects.filter(is_active=True).order_by("name").values_list("key", "name"))

    @cached_property
    def budgets(self) -> Options:
        budgets = Budget.objects.filter(campaign=self.campaign).order_by("name")
        return [(budget.public_id, f"{budget.name} ({budget.unit})") for budget in budgets]

    @cached_property
    def usual_unit(self) -> str:
        return self.campaign.currency or company().currency

    @cached_property
    def units(self) -> list[tuple[str, Options]]:
        """Heading → units: those at home here, those that are no currency, then every other currency."""
        paid = RuleAmount.objects.filter(rule__campaign=self.campaign).values_list("unit", flat=True).distinct()
        usual = dict.fromkeys([self.usual_unit, company().currency, *sorted(set(paid) & active_currencies())])
        others = sorted(active_currencies() - set(usual))
        named: Options = [(code, unit_label(code)) for code in NAMED_UNITS]
        return [
            (_("Used here"), [(code, code) for code in usual]),
            (_("No currency"), named),
            (_("Other currencies"), [(code, code) for code in others]),
        ]

    def usual_unit_for(self, benefit: str) -> str:
        """What most would choose for this reward."""
        return (BENEFITS[benefit].usual_unit if benefit in BENEFITS else "") or self.usual_unit

    def of(self, shape: str) -> Options:
        """The choices of a parameter of that shape."""
        return getattr(self, CHOSEN_FROM[shape]) if shape in CHOSEN_FROM else []


# Shape of a parameter → where its choices come from.
CHOSEN_FROM = {
    "segment": "segments",
    "tiers": "tiers",
    "levels": "levels",
    "relations": "relations",
    "event_type": "events",
    "coupon_pool": "pools",
    "catalogue_item": "items",
    "contest": "contests",
    "charity": "charities",
}


def unit_label(code: str) -> StrOrPromise:
    return "%" if code == PERCENT else NAMED_UNITS[code].label


def _event_label(name: str) -> StrOrPromise:
    return EVENTS.get(name) or name
