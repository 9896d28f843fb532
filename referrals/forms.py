"""The friend's form: few questions, and two quiet tests for machines that no person notices."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, gettext_lazy as _

from advocates.errors import BadEmail, BadPhone
from advocates.identity import email_key, phone_key
from campaigns.models import Campaign, Enrolment
from config.lib.signing import sign, unsign

FORM_PURPOSE = "landing_form"
# Quicker than a person reads the page, let alone types an address.
QUICKEST = timedelta(seconds=3)
CONSENT_VERSION = "landing-1"
ASKS_COMPANY = (Campaign.Referred.COLLEAGUE, Campaign.Referred.COMPANY, Campaign.Referred.CLIENT)


class OffScreen(BoundField):
    def css_classes(self, extra_classes: Any = None) -> str:
        return "hp-field"


class TrapField(forms.CharField):
    """Off the screen and out of the order of tabs: only a machine fills it in."""

    widget = forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return OffScreen(form, self, field_name)


class ReachedForm(forms.Form):
    """Asks for `email` and `phone`: both as they would be stored, or empty. Which of them is needed says the form."""

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        try:
            return email_key(typed).shown if typed else ""
        except BadEmail as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean_phone(self) -> str:
        number: str = self.cleaned_data["phone"]
        try:
            return phone_key(number).shown if number else ""
        except BadPhone as refusal:
            raise ValidationError(str(refusal)) from refusal


class ClaimForm(ReachedForm):
    """`campaign` decides which questions are asked; `is_code_needed` when nobody is known who recommended."""

    code = forms.CharField(
        label=_("Referral code"),
        max_length=32,
        help_text=_("Who recommended us to you? Their code stands beside their link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Only if you would rather be called. With the country code, such as +49."),
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    consent = forms.BooleanField()
    website = TrapField(label=_("Leave this empty"), required=False)
    shown = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        campaign: Campaign,
        company_name: str,
        is_code_needed: bool,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        self.fields["consent"].label = gettext(
            "%(company)s may use these details to get in touch with me about this offer."
        ) % {"company": company_name}
        self.fields["shown"].initial = shown_token(now)
        if campaign.referred not in ASKS_COMPANY:
            del self.fields["company"]
        if not is_code_needed:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """A machine is told what a hasty person needs to hear: send it once more."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if cleaned["website"] or not self._took_its_time(cleaned["shown"]):
            raise ValidationError(gettext("That went very quickly. Please press the button once more."))
        return cleaned

    @property
    def nonce(self) -> str:
        """Which showing of the form this is: the same when it is sent twice."""
        return str(unsign(FORM_PURPOSE, self.cleaned_data["shown"])).partition(":")[0]

    def _took_its_time(self, token: str) -> bool:
        text = unsign(FORM_PURPOSE, token)
        return text is not None and self._now.timestamp() - float(text.partition(":")[2]) >= QUICKEST.total_seconds()


def shown_token(now: datetime) -> str:
    """Signed: a random number for this showing of the form, and when it was shown."""
    return sign(FORM_PURPOSE, f"{secrets.token_hex(16)}:{now.timestamp():.0f}")


class EnrolmentField(forms.ModelChoiceField[Enrolment]):
    def label_from_instance(self, obj: Enrolment) -> str:
        return str(obj.campaign.name)


class FriendClaimedForm(ReachedForm):
    """Whom an advocate says that they brought. One campaign needs no question."""

    enrolment = EnrolmentField(label=_("Campaign"), queryset=Enrolment.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name of your friend"), max_length=200)
    email = forms.CharField(
        label=_("Their e-mail address"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Or their phone number"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("With the country code, such as +49."),
    )
    note = forms.CharField(
        label=_("How did you recommend us?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("When it was, and how: on the phone, in person, over a link of somebody else."),
    )

    def __init__(self, *args: Any, enrolments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["enrolment"]
        field.queryset = enrolments  # type: ignore[attr-defined]
        if len(enrolments) == 1:
            field.initial, field.widget = enrolments[0].pk, forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned["email"] or cleaned["phone"]):
            raise ValidationError(gettext("Say their e-mail address or their phone number, so that we know who it is."))
        return cleaned
