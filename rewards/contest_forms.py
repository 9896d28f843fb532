from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 60


class BoardNameForm(forms.Form):
    """Under which name somebody wants to be seen; none at all is the usual."""

    public_name = forms.CharField(
        label=_("Name on the board"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Everybody can read it. Leave it empty to stand there without a name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def clean_public_name(self) -> str:
        name = " ".join(str(self.cleaned_data["public_name"]).split())
        if not name.isprintable():
            raise ValidationError(_("This name has characters that cannot be shown."))
        return name
