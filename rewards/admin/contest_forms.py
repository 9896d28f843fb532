"""How staff type a contest: prizes line by line, countries as two letters."""

import re
from typing import Any

from babel.core import get_global
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from rewards.models import Contest
from rewards.services.contests import prize_problems

# "2 x A bag of coffee"; without a number it is one.
PRIZE = re.compile(r"^(?:(?P<count>\d{1,6})\s*[x×*]\s*)?(?P<name>\S.*)$")


class ContestForm(forms.ModelForm[Contest]):
    prize_lines = forms.CharField(
        label=_("prizes"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, the first prize first, such as “2 × A bag of coffee”."),
    )
    countries = forms.CharField(
        label=_("countries left out"),
        required=False,
        max_length=1_000,
        help_text=_("Two letters each, such as “IT, BR”."),
    )

    class Meta:
        model = Contest
        fields = (
            "campaign",
            "name",
            "key",
            "starts_at",
            "ends_at",
            "entries_per_person",
            "prizes_per_person",
            "free_entry_route",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["prize_lines"] = prize_lines(self.instance)
            self.initial["countries"] = ", ".join(self.instance.excluded_countries)

    def clean_prize_lines(self) -> list[dict[str, Any]]:
        lines = [line.strip() for line in self.cleaned_data["prize_lines"].splitlines() if line.strip()]
        prizes = [_prize(line) for line in lines]
        if problems := prize_problems(prizes):
            raise ValidationError(problems)
        return prizes

    def clean_countries(self) -> list[str]:
        codes = [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["countries"]) if code]
        known = get_global("territory_currencies")
        for code in codes:
            if code not in known:
                raise ValidationError(gettext("“%(code)s” is the code of no country.") % {"code": code[:20]})
        return sorted(set(codes))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.instance.prizes = cleaned.get("prize_lines", [])
        self.instance.excluded_countries = cleaned.get("countries", [])
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", gettext("It ends before it begins."))
        return cleaned


class FreeEntryForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=200, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=120)


def prize_lines(contest: Contest) -> str:
    return "\n".join(f"{prize['count']} × {prize['name']}" for prize in contest.prizes)


def _prize(line: str) -> dict[str, Any]:
    found = PRIZE.match(line)
    if found is None:
        raise ValidationError(gettext("“%(line)s” names no prize.") % {"line": line[:40]})
    return {"name": found["name"].strip(), "count": int(found["count"] or 1)}
