"""What somebody says when they take a gift: which size, and where to send it. No more is asked than is needed."""

import secrets
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy as _, to_locale

from rewards.addresses import PostalAddress, address_made
from rewards.models import CatalogueItem

LINE = 120
NONCE = 40


def country_choices(only: list[str]) -> list[tuple[str, str]]:
    """Countries by their names in the reader's language; `only`: those, where it is not all."""
    territories = Locale.parse(to_locale(get_language() or "en")).territories
    names = {str(code): str(name) for code, name in territories.items()}
    codes = only or [code for code in names if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES]
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda choice: choice[1])


# In CLDR's list of territories and nowhere to send a parcel: unions, test locales, unknown.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


class GiftForm(forms.Form):
    """For one item. `order` makes a form that is sent twice one order."""

    order = forms.CharField(widget=forms.HiddenInput, max_length=NONCE, required=False)

    def __init__(self, *args: Any, item: CatalogueItem, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.fields["order"].initial = secrets.token_hex(NONCE // 4)
        if item.variants:
            choices = [(variant, variant) for variant in item.variants]
            self.fields["variant"] = forms.ChoiceField(label=_("Which one"), choices=[("", "–"), *choices])
        if item.needs_address:
            self._ask_address(country)

    @property
    def asks(self) -> bool:
        """Is there anything to be filled in?"""
        return len(self.fields) > 1

    @property
    def variant(self) -> str:
        return str(self.cleaned_data.get("variant", ""))

    @property
    def address(self) -> PostalAddress | None:
        if not self.item.needs_address:
            return None
        return address_made(**{name: str(self.cleaned_data[name]) for name in ADDRESS})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ADDRESS:
            if not str(cleaned.get(name, "")).isprintable():
                self.add_error(name, ValidationError(_("There are characters in it that cannot be printed.")))
        return cleaned

    def _ask_address(self, country: str) -> None:
        for name, (label, complete, is_needed) in ADDRESS.items():
            self.fields[name] = forms.CharField(
                label=label,
                max_length=LINE,
                required=is_needed,
                widget=forms.TextInput(attrs={"autocomplete": complete}),
            )
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"),
            choices=country_choices(self.item.countries),
            initial=country,
            widget=forms.Select(attrs={"autocomplete": "country"}),
        )


# Label, what browsers fill in by themselves, needed.
ADDRESS: dict[str, tuple[Any, str, bool]] = {
    "name": (_("Name"), "name", True),
    "street": (_("Street and number"), "address-line1", True),
    "more": (_("Floor, company, c/o"), "address-line2", False),
    "postcode": (_("Postcode"), "postal-code", False),
    "city": (_("Town"), "address-level2", True),
    "country": (_("Country"), "country", True),
}
