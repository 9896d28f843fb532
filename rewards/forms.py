from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rewards.errors import BadIban
from rewards.iban import iban_normalise

# What SEPA takes for a name (EPC rulebook, Max70Text).
HOLDER_LENGTH = 70
# 34 characters and the blanks and dashes that people write between them.
TYPED_IBAN_LENGTH = 60


class PayoutMethodForm(forms.Form):
    """Where an advocate wants their money."""

    holder = forms.CharField(
        label=_("Name on the account"),
        max_length=HOLDER_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=TYPED_IBAN_LENGTH,
        help_text=_("It stands on your bank card or in your banking app. Blanks do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_holder(self) -> str:
        holder = " ".join(self.cleaned_data["holder"].split())
        if not holder.isprintable():
            raise ValidationError(_("This name has characters that banks do not take."))
        return holder

    def clean_iban(self) -> str:
        try:
            return iban_normalise(self.cleaned_data["iban"])
        except BadIban as refusal:
            raise ValidationError(str(refusal)) from refusal


class PrepareForm(forms.Form):
    unit = forms.ChoiceField(label=_("Currency"))

    def __init__(self, *args: object, units: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["unit"].choices = [(unit, unit) for unit in units]  # type: ignore[attr-defined]


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What the bank said"),
        max_length=254,
        widget=forms.TextInput(attrs={"placeholder": _("Account closed")}),
    )
