from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.selectors import company
from config.lib import clock
from config.lib.money import MAX_AMOUNT, Money
from config.lib.units import active_currencies, unit_get
from rewards.models import Charity, Fundraiser

# How far ahead the next look may be: registrations are renewed every year or two.
LONGEST = timedelta(days=3 * 366)


def review_clean(day: Any) -> Any:
    """A day on which somebody looks again: not today, and not some day."""
    today = localdate(clock.now())
    if not today < day <= today + LONGEST:
        raise ValidationError(gettext("Choose a day within the next three years."))
    return day


class CharityForm(forms.ModelForm[Charity]):
    website = forms.URLField(label=_("website"), required=False, assume_scheme="https")

    class Meta:
        model = Charity
        fields = (
            "name",
            "key",
            "description",
            "website",
            "country",
            "registration_number",
            "review_date",
            "is_active",
        )

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if not (len(country) == 2 and country.isalpha()):
            raise ValidationError(gettext("A country is two letters, such as DE."))
        return country

    def clean_review_date(self) -> Any:
        day = self.cleaned_data["review_date"]
        return day if self.instance.pk and day == self.instance.review_date else review_clean(day)


class CheckForm(forms.Form):
    review_date = forms.DateField(label=_("To be checked again by"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_review_date(self) -> Any:
        return review_clean(self.cleaned_data["review_date"])


class SentForm(forms.Form):
    """What was sent, in whole units, as the bank writes it."""

    amount = forms.DecimalField(label=_("Amount"), min_value=0)
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=lambda: [(code, code) for code in sorted(active_currencies())],
        initial=lambda: company().currency,
    )
    proof = forms.CharField(
        label=_("Number of the transfer"), max_length=120, help_text=_("As it stands on the statement of our bank.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        return cleaned | {"money": minor_units(cleaned["amount"], cleaned["currency"])}


class FundraiserForm(forms.ModelForm[Fundraiser]):
    goal_amount = forms.DecimalField(label=_("goal"), min_value=0)

    class Meta:
        model = Fundraiser
        fields = ("campaign", "title", "charity", "event_type", "unit", "counts_rewards")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = gettext("Currency")
        if self.instance.pk:
            goal = self.instance
            self.initial["goal_amount"] = unit_amount(goal.goal, goal.unit)

    def clean_unit(self) -> str:
        unit = str(self.cleaned_data["unit"]).strip().upper()
        if unit not in active_currencies():
            raise ValidationError(gettext("This is not the code of a currency in use."))
        return unit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            self.instance.goal = minor_units(cleaned["goal_amount"], cleaned["unit"]).amount
        if cleaned.get("counts_rewards") and not cleaned.get("charity"):
            self.add_error("charity", gettext("Say which good cause: what we donate to it is counted."))
        return cleaned


def minor_units(amount: Any, currency: str) -> Money:
    minor = amount.scaleb(unit_get(currency).scale)
    if minor != minor.to_integral_value():
        raise ValidationError(gettext("This currency has no such small coins."))
    if not 1 <= minor <= MAX_AMOUNT:
        raise ValidationError(gettext("This amount cannot be written down here."))
    return Money(int(minor), currency)


def unit_amount(amount: int, currency: str) -> Any:
    return Decimal(amount).scaleb(-unit_get(currency).scale)
