from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.selectors import company
from rewards.admin.rule_forms.texts import Wrong, amount_read
from rewards.models import ByHand, CatalogueItem, RewardRule
from rewards.rules.benefits import BENEFITS
from rewards.services.by_hand_wishes import GRANTABLE, Wish, wish_problems

Benefit = RewardRule.Benefit
NAMED = (Benefit.FREE_MONTHS, Benefit.SERVICE, Benefit.UPGRADE)
PICKED = (Benefit.GIFT_CARD, Benefit.MERCHANDISE)


class ByHandForm(forms.ModelForm[ByHand]):
    """`wish`: what was typed, once it is valid."""

    wish: Wish

    benefit = forms.ChoiceField(
        label=_("reward"),
        required=False,
        choices=[("", "–"), *[(str(one), one.label) for one in GRANTABLE]],
        help_text=_("Only where a reward is given."),
    )
    what = forms.CharField(
        label=_("what exactly"),
        required=False,
        max_length=80,
        help_text=_("The name of the plan or the service. Only for free months, a service or an upgrade."),
    )
    item = forms.ModelChoiceField(
        label=_("from the catalogue"),
        required=False,
        queryset=CatalogueItem.objects.none(),
        help_text=_("Only for gifts and gift cards. Empty: the person picks."),
    )
    amount = forms.CharField(label=_("amount"), max_length=20, help_text=_("Such as 25.00, or 3 for three months."))
    unit = forms.CharField(
        label=_("currency or unit"),
        max_length=16,
        required=False,
        help_text=_("Empty: the company's currency, or what such things are counted in."),
    )

    class Meta:
        model = ByHand
        fields = ("kind", "contact", "campaign", "referral", "benefit", "what", "item", "amount", "unit", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "campaign" not in self.fields:  # somebody looks at what was asked for
            return
        items: Any = self.fields["item"]
        items.queryset = CatalogueItem.objects.filter(is_active=True).order_by("name")
        campaigns: Any = self.fields["campaign"]
        campaigns.queryset = Campaign.objects.exclude(status=Campaign.Status.DRAFT).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["unit"] = cleaned.get("unit") or self._usual_unit(cleaned)
        try:
            cleaned["amount"] = amount_read(cleaned.get("amount", ""), cleaned["unit"])
        except Wrong as wrong:
            self.add_error("amount", str(wrong))
        if self.errors:
            return cleaned
        self.wish = self._wish(cleaned)
        for problem in wish_problems(self.wish):
            self.add_error(None, ValidationError(problem))
        return cleaned

    def _usual_unit(self, cleaned: dict[str, Any]) -> str:
        benefit = BENEFITS.get(cleaned.get("benefit", ""))
        return (benefit.usual_unit if benefit else "") or company().currency

    def _wish(self, cleaned: dict[str, Any]) -> Wish:
        is_grant = cleaned["kind"] == ByHand.Kind.GRANT
        return Wish(
            kind=cleaned["kind"],
            campaign=cleaned["campaign"],
            contact=cleaned["contact"],
            amount=cleaned["amount"],
            unit=cleaned["unit"],
            reason=cleaned["reason"],
            benefit=cleaned["benefit"] if is_grant else "",
            benefit_settings=_settings(cleaned) if is_grant else {},
            referral=cleaned.get("referral"),
        )


def _settings(cleaned: dict[str, Any]) -> dict[str, Any]:
    if cleaned["benefit"] in NAMED and cleaned["what"]:
        return {"name": cleaned["what"]}
    if cleaned["benefit"] in PICKED and cleaned["item"]:
        return {"item": cleaned["item"].key}
    return {}
