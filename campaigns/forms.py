from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import MAILS
from campaigns.messaging.placeholders import unknown_in
from campaigns.models import ApiKey, Enrolment, MessageTemplate
from campaigns.selectors import is_open
from campaigns.services.enrolments import not_eligible_reasons
from campaigns.services.unsubscribe import Wish
from config.lib import clock


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


class WishForm(forms.Form):
    """What somebody wants to get from us."""

    wish = forms.ChoiceField(label=_("What may we send you?"), choices=Wish, widget=forms.RadioSelect)


class PortalSettingsForm(forms.Form):
    public_name = forms.CharField(
        label=_("Name shown to friends"),
        max_length=80,
        required=False,
        help_text=_("Your friends see it beside your recommendation. Empty: your full name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)
    wish = forms.ChoiceField(label=_("What may we send you?"), choices=Wish, widget=forms.RadioSelect)


class ApiKeyForm(forms.ModelForm[ApiKey]):
    class Meta:
        model = ApiKey
        fields = ("name", "source", "scope", "is_test", "expires_at")


class MessageTemplateForm(forms.ModelForm[MessageTemplate]):
    """Refuses whatever stands in braces and is not a placeholder of this very mail."""

    mail = forms.ChoiceField(label=_("mail"), choices=lambda: [(mail.name, mail.title or mail.name) for mail in MAILS])

    class Meta:
        model = MessageTemplate
        fields = ("mail", "language", "subject", "preheader", "body", "button")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = MAILS.get(cleaned.get("mail", ""))
        if kind is None:
            return cleaned
        for field in ("subject", "preheader", "body", "button"):
            unknown = unknown_in(cleaned.get(field, ""), kind.allowed)
            if unknown:
                self.add_error(field, _unknown_sentence(unknown, kind.allowed))
        return cleaned


class AskForm(forms.Form):
    """Whom to ask: the inner circle, or the people behind some addresses."""

    CIRCLE = "circle"
    CHOSEN = "chosen"

    who = forms.ChoiceField(
        label=_("Whom"),
        choices=[(CIRCLE, _("everybody in the inner circle")), (CHOSEN, _("only these people"))],
        widget=forms.RadioSelect,
        initial=CIRCLE,
    )
    addresses = forms.CharField(
        label=_("Their e-mail addresses"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Only people who are contacts here are asked."),
    )

    def clean_addresses(self) -> list[str]:
        addresses: str = self.cleaned_data["addresses"]
        return addresses.split()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("who") == self.CHOSEN and not cleaned.get("addresses"):
            self.add_error("addresses", _("Write at least one address."))
        return cleaned


class SurveyForm(forms.Form):
    """The template draws the scale: eleven figures, each a radio button."""

    FIGURES = tuple(str(figure) for figure in range(11))

    score = forms.TypedChoiceField(
        label=_("How likely are you to recommend us to a friend or a colleague?"),
        choices=[(figure, figure) for figure in FIGURES],
        coerce=int,
        error_messages={"required": _("Please choose a figure from 0 to 10.")},
    )
    comment = forms.CharField(
        label=_("Why this figure?"),
        max_length=2000,
        required=False,
        help_text=_("In your own words. We read every one."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class EnrolmentForm(forms.ModelForm[Enrolment]):
    """Makes somebody an advocate; the same refusals as by any other door, beside the form."""

    class Meta:
        model = Enrolment
        fields = ("campaign", "contact")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        campaign, contact = cleaned.get("campaign"), cleaned.get("contact")
        if campaign and not is_open(campaign, clock.now()):
            self.add_error("campaign", _("This campaign takes nobody new at the moment."))
        if campaign and contact and not_eligible_reasons(campaign, contact):
            self.add_error("contact", _("This person cannot recommend in this campaign."))
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


def _unknown_sentence(unknown: list[str], allowed: tuple[str, ...]) -> str:
    return _("%(unknown)s is not known in this mail. You may use: %(allowed)s") % {
        "unknown": ", ".join(unknown)[:200],
        "allowed": ", ".join(f"{{{name}}}" for name in allowed),
    }
