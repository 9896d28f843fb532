from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from config.lib.money import MAX_AMOUNT
from config.lib.units import active_currencies, unit_get
from rewards.errors import BadPool
from rewards.models import CouponPool
from rewards.services.coupon_pools import pool_check

# As much as a hundred thousand codes take.
MOST_BYTES = 4 * 1024 * 1024


class CouponPoolForm(forms.ModelForm[CouponPool]):
    """The least order as people write it, and a product on each line."""

    least = forms.DecimalField(
        label=_("Least worth of the order"),
        min_value=0,
        max_digits=15,
        decimal_places=4,
        required=False,
        help_text=_("Before the discount, the amount itself included. Empty: none."),
    )
    minimum_unit = forms.ChoiceField(
        label=_("Currency of that"),
        choices=lambda: [("", "–"), *((code, code) for code in sorted(active_currencies()))],
        required=False,
    )
    product_lines = forms.CharField(
        label=_("Only for these products"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One on each line, as your shop names them in its orders. Empty: for everything."),
    )

    class Meta:
        model = CouponPool
        fields = ("campaign", "name", "key", "kind", "prefix", "minimum_unit", "is_first_order_only")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pool = self.instance
        if pool.minimum:
            self.initial["least"] = Decimal(pool.minimum).scaleb(-unit_get(pool.minimum_unit).scale)
        self.initial["product_lines"] = "\n".join(pool.products)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        typed["minimum"] = self._minimum(typed)
        typed["products"] = [line.strip() for line in typed.get("product_lines", "").splitlines() if line.strip()]
        if not self.errors and "least" in self.fields:
            self._check(typed)
        return typed

    def _minimum(self, typed: dict[str, Any]) -> int | None:
        least, unit = typed.get("least"), typed.get("minimum_unit", "")
        if not least:
            typed["minimum_unit"] = ""
            return None
        if not unit:
            self.add_error("minimum_unit", gettext("Say in which currency the least order is meant."))
            return None
        exact = Decimal(least).scaleb(unit_get(unit).scale)
        if exact != int(exact) or exact > MAX_AMOUNT:
            self.add_error("least", ValidationError(gettext("This currency has no such amount.")))
            return None
        return int(exact)

    def _check(self, typed: dict[str, Any]) -> None:
        names = ("campaign", "name", "key", "kind", "prefix", "minimum", "minimum_unit", "products")
        try:
            said = {name: typed.get(name, getattr(self.instance, name, None)) for name in names}
            pool_check(CouponPool(pk=self.instance.pk, **said))
        except BadPool as bad:
            field = {"products": "product_lines", "minimum": "least"}.get(bad.extra["field"], bad.extra["field"])
            self.add_error(field, str(bad))


class CodesForm(forms.Form):
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV or plain text: one code on each line. At most 4 MB.")
    )
    codes = forms.CharField(
        label=_("Or codes"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "mono"}),
    )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        file = typed.get("file")
        if not file:
            if not typed.get("codes", "").strip():
                self.add_error("file", gettext("Choose a file, or type the codes in."))
            return typed
        if file.size > MOST_BYTES:
            self.add_error("file", gettext("The file is too large: at most 4 MB. Upload it in parts."))
            return typed
        try:
            typed["codes"] = file.read().decode("utf-8-sig") + "\n" + typed.get("codes", "")
        except UnicodeDecodeError:
            self.add_error("file", gettext("The file is no text in UTF-8. Save it as CSV in UTF-8, and try again."))
        return typed


class GiveBackForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=200)
