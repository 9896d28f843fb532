"""What is tried, and on what. Nothing of it is kept."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from campaigns.models import Campaign
from config.lib.errors import DomainError
from config.lib.money import MAX_AMOUNT
from config.lib.units import unit_get

ONE, FILE, YEAR, ASSUMED = "one", "file", "year", "assumed"
MAX_BYTES = 4 << 20
MAX_RULES = 200_000
MAX_FRIENDS = 100
# What has to be said for each way to try.
NEEDED = {
    ONE: ("advocate", "friend", "friends", "event", "day"),
    FILE: ("events",),
    YEAR: (),
    ASSUMED: ("friends_a_month", "buyers", "sale", "spread"),
}


class TryForm(forms.Form):
    on = forms.ChoiceField(
        label=_lazy("Try the rules on"),
        choices=[
            (ONE, _lazy("an event that I make up")),
            (FILE, _lazy("a file of events")),
            (YEAR, _lazy("what really happened in the last 12 months")),
            (ASSUMED, _lazy("what I expect of a month")),
        ],
        widget=forms.RadioSelect,
        initial=ONE,
    )
    advocate = forms.CharField(label=_lazy("Advocate"), max_length=254, required=False, initial="Ada")
    friend = forms.CharField(label=_lazy("Friend"), max_length=254, required=False, initial="Ben")
    friends = forms.IntegerField(
        label=_lazy("How many friends"), min_value=1, max_value=MAX_FRIENDS, required=False, initial=1
    )
    event = forms.RegexField(
        r"^[a-z][a-z0-9_.-]{0,63}$", label=_lazy("What happens"), required=False, help_text=_lazy("The event's name.")
    )
    amount = forms.DecimalField(label=_lazy("Worth"), min_value=0, max_digits=14, decimal_places=4, required=False)
    product = forms.CharField(label=_lazy("Product"), max_length=64, required=False)
    quantity = forms.IntegerField(label=_lazy("Pieces"), min_value=1, max_value=10**6, required=False, initial=1)
    day = forms.DateField(
        label=_lazy("On"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    events = forms.FileField(
        label=_lazy("File of events"),
        required=False,
        help_text=_lazy("CSV or JSON Lines, in the words of the interface; at most 4 MB."),
    )
    friends_a_month = forms.IntegerField(
        label=_lazy("Friends who come in a month"), min_value=1, max_value=2_000, required=False, initial=50
    )
    buyers = forms.IntegerField(
        label=_lazy("Of whom buy, in percent"), min_value=0, max_value=100, required=False, initial=20
    )
    sale = forms.DecimalField(
        label=_lazy("An average sale"), min_value=0, max_digits=14, decimal_places=4, required=False, initial=80
    )
    spread = forms.IntegerField(
        label=_lazy("Sales differ from it by about, in percent"),
        min_value=0,
        max_value=300,
        required=False,
        initial=50,
    )
    rules = forms.CharField(
        label=_lazy("Rules to try"),
        required=False,
        max_length=MAX_RULES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false", "class": "mono"}),
        help_text=_lazy("As they stand. Change them here to try other rules: nothing is saved."),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.fields["amount"].help_text = self.fields["sale"].help_text = campaign.currency
        self.fields["events"].widget.attrs["accept"] = ".csv,.jsonl,.ndjson,.txt"
        self._require(tuple(NEEDED))

    def full_clean(self) -> None:
        """Of the chosen way all is asked for, of the others nothing; on the page each shows what it needs."""
        self._require((self.data.get("on", ""),))
        super().full_clean()
        self._require(tuple(NEEDED))

    def _require(self, ways: tuple[str, ...]) -> None:
        for way, names in NEEDED.items():
            for name in names:
                self.fields[name].required = way in ways

    def clean_amount(self) -> int | None:
        return self._minor(self.cleaned_data["amount"])

    def clean_sale(self) -> int | None:
        return self._minor(self.cleaned_data["sale"])

    def clean_events(self) -> str:
        upload = self.cleaned_data["events"]
        if not upload:
            return ""
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 4 MB."))
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This is no text in UTF-8.")) from error

    def _minor(self, typed: Decimal | None) -> int | None:
        if typed is None:
            return None
        try:
            minor = typed.scaleb(unit_get(self.campaign.currency).scale)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        if minor != minor.to_integral_value() or minor > MAX_AMOUNT:
            raise forms.ValidationError(_("This is more exact, or larger, than the currency allows."))
        return int(minor)
