from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from advocates.models import Consent, User
from campaigns.models import Campaign
from config.lib.money import MAX_AMOUNT, Money
from config.lib.units import active_currencies, unit_get
from referrals.forms import ReachedForm


class NoteForm(forms.Form):
    reason = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class WonForm(forms.Form):
    """The value of the deal in whole units, as a person says it; empty when it is not known yet."""

    amount = forms.DecimalField(
        label=_("Deal value"),
        required=False,
        min_value=0,
        help_text=_("Before tax. Leave it empty if you do not know."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=lambda: [(code, code) for code in sorted(active_currencies())]
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors or cleaned["amount"] is None:
            return cleaned | {"deal": None}
        minor = cleaned["amount"].scaleb(unit_get(cleaned["currency"]).scale)
        if minor != minor.to_integral_value():
            raise ValidationError(gettext("This currency has no such small coins."))
        if minor > MAX_AMOUNT:
            raise ValidationError(gettext("This is more than can be written down here."))
        return cleaned | {"deal": Money(int(minor), cleaned["currency"])}


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("Who looks after it"),
        queryset=User.objects.filter(is_active=True, is_staff=True).order_by("name"),
    )


class ReassignForm(forms.Form):
    advocate = forms.CharField(
        label=_("Who recommended this friend"),
        max_length=254,
        help_text=_("Referral code, e-mail address or phone number of the advocate."),
    )
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class HeardByPhoneForm(ReachedForm):
    """A friend whom an advocate named to a colleague. What a good fit is stands beside the campaign's name."""

    NO_CONSENT = ""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.active().order_by("name"), empty_label=_("Choose a campaign")
    )
    advocate = forms.CharField(
        label=_("Who recommends"),
        max_length=254,
        help_text=_("Referral code, e-mail address or phone number of the customer who told you."),
    )
    name = forms.CharField(label=_("Name of the friend"), max_length=200)
    email = forms.CharField(label=_("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, help_text=_("With the country code."))
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    basis = forms.ChoiceField(
        label=_("May we get in touch?"),
        required=False,
        choices=[
            (NO_CONSENT, _("nobody has asked")),
            (Consent.Basis.GIVEN_TO_ADVOCATE, Consent.Basis.GIVEN_TO_ADVOCATE.label),
            (Consent.Basis.BY_PHONE, Consent.Basis.BY_PHONE.label),
        ],
    )
    note = forms.CharField(
        label=_("Why a good fit"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned["email"] or cleaned["phone"]):
            raise ValidationError(gettext("Give an e-mail address or a phone number, else nobody can get in touch."))
        return cleaned
