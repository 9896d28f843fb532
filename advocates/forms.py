from django import forms
from django.contrib.auth.forms import AdminUserCreationForm
from django.utils.translation import gettext_lazy as _

from advocates.errors import BadEmail
from advocates.identity import email_key
from advocates.models import Consent, Moment, Suppression, User

NOTE_LENGTH = 500


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH, required=False)


class WhoStaysForm(NoteForm):
    stays = forms.ChoiceField(
        label=_("Who stays"),
        choices=[("a", _("A stays")), ("b", _("B stays"))],
        widget=forms.RadioSelect,
        initial="a",
        help_text=_("Their name and facts stand where both say something."),
    )
    field_order = ("stays", "note")


class MergeForm(NoteForm):
    whom = forms.CharField(
        label=_("With whom"),
        max_length=254,
        help_text=_("E-mail address, customer number, phone number with +, or id."),
    )
    field_order = ("whom", "note")


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class ReturnForm(ReasonForm):
    """The amount in whole units of the purchase's currency, as a person says it."""

    amount = forms.DecimalField(
        label=_("Amount"),
        required=False,
        min_value=0,
        max_digits=15,
        help_text=_("In the currency of the purchase. Empty: all that is left."),
    )

    field_order = ("amount", "reason")


class NpsAnswerForm(forms.Form):
    score = forms.TypedChoiceField(label=_("Answer, 0 to 10"), choices=[(n, n) for n in range(10, -1, -1)], coerce=int)
    comment = forms.CharField(
        label=_("What they said"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class MomentForm(forms.Form):
    """A complaint has a verb of its own: it stops asks."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[choice for choice in Moment.Kind.choices if choice[0] != Moment.Kind.COMPLAINT]
    )
    note = forms.CharField(label=_("Note"), max_length=NOTE_LENGTH, required=False)


class ConsentForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Consent.Channel.choices)


class SuppressionForm(forms.ModelForm[Suppression]):
    address = forms.CharField(
        label=_("E-mail address"), help_text=_("Only a fingerprint of it is kept: nobody can read it here again.")
    )

    class Meta:
        model = Suppression
        fields = ("scope",)

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        try:
            return email_key(address).shown
        except BadEmail as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class NewUserForm(AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        """Sign-in knows lower case only."""
        email: str = self.cleaned_data["email"]
        return email.lower()
