from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _, ngettext

from advocates.models import Segment
from advocates.segments.sentence import segment_sentence
from campaigns.messaging.mails import MAILS
from campaigns.messaging.placeholders import unknown_in
from campaigns.models import ApiKey, Campaign, Enrolment, MessageTemplate, NpsSurvey, Testimonial
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


def testimonial_consent_text(company_name: str) -> str:
    """What a person agrees to, in the language of the page; kept word by word with the testimonial."""
    text = _(
        "I agree that %(company)s publishes these words with this name and this company or town at the places that "
        "I have ticked. I can take this back at any time on this page, and it ends then."
    )
    return str(text % {"company": company_name})


class TestimonialForm(forms.Form):
    """Nothing is ticked for them."""

    text = forms.CharField(
        label=_("Your words"),
        max_length=1000,
        help_text=_("What was it like before, and what is better now? Two or three sentences are plenty."),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 1000}),
    )
    shown_name = forms.CharField(
        label=_("Name to publish"),
        max_length=80,
        help_text=_("As you want it to be read, such as “Lena V.”"),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    shown_company = forms.CharField(
        label=_("Company or town to publish"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    places = forms.MultipleChoiceField(
        label=_("Where may we show it?"),
        choices=[
            (Testimonial.Place.WEBSITE, _("On our website")),
            (Testimonial.Place.MAILS, _("In our mails")),
            (Testimonial.Place.SOCIAL, _("On social media")),
            (Testimonial.Place.PRINT, _("In print")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one place where we may show your words.")},
    )
    consent = forms.BooleanField(error_messages={"required": _("Without your leave we publish nothing.")})

    def __init__(self, *args: Any, company_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = testimonial_consent_text(company_name)


class PublishForm(forms.Form):
    campaign = forms.ModelChoiceField(
        label=_("Where"), queryset=Campaign.objects.all(), required=False, empty_label=_("in all campaigns")
    )


class NpsSurveyForm(forms.ModelForm[NpsSurvey]):
    class Meta:
        model = NpsSurvey
        fields = ("name", "segment", "repeat_after_days", "daily_limit")


class NeededReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class EnrolmentForm(forms.ModelForm[Enrolment]):
    """Makes somebody an advocate; the same refusals as by any other door, beside the form."""

    class Meta:
        model = Enrolment
        fields = ("campaign", "contact")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        campaign, contact = cleaned.get("campaign"), cleaned.get("contact")
        now = clock.now()
        if campaign and not is_open(campaign, now):
            self.add_error("campaign", _("This campaign takes nobody new at the moment."))
        if campaign and contact and (reasons := not_eligible_reasons(campaign, contact, now)):
            self.add_error("contact", not_eligible_words(reasons))
        return cleaned


class SegmentChoiceField(forms.ModelChoiceField[Segment]):
    """Each with how many people it has and what it asks for, so that nobody is asked by a name alone."""

    def label_from_instance(self, segment: Segment) -> str:
        people = ngettext("%(count)s person", "%(count)s people", segment.members_count)
        words = {"segment": segment.name, "people": people % {"count": segment.members_count}}
        return str(_("%(segment)s (%(people)s). %(sentence)s") % (words | {"sentence": segment_sentence(segment)}))


class AskSegmentForm(forms.Form):
    segment = SegmentChoiceField(
        label=_("Whom"),
        queryset=Segment.objects.filter(is_active=True).prefetch_related("conditions").order_by("name"),
        empty_label=None,
        widget=forms.RadioSelect,
        blank=False,
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


def _unknown_sentence(unknown: list[str], allowed: tuple[str, ...]) -> str:
    return _("%(unknown)s is not known in this mail. You may use: %(allowed)s") % {
        "unknown": ", ".join(unknown)[:200],
        "allowed": ", ".join(f"{{{name}}}" for name in allowed),
    }


def not_eligible_words(reasons: list[str]) -> str:
    if "not_in_segment" in reasons:
        return str(_("This person is in none of the segments that may recommend in this campaign."))
    return str(_("This person cannot recommend in this campaign."))
