from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from advocates.forms import NOTE_LENGTH
from advocates.models import CircleLevel

WEEK, MONTH, QUARTER, DAY = "week", "month", "quarter", "day"
DAYS_LATER = {WEEK: 7, MONTH: 30, QUARTER: 91}


class TakeInForm(forms.Form):
    level = forms.ModelChoiceField(
        label=_("Level"),
        queryset=CircleLevel.objects.order_by("rank"),
        required=False,
        empty_label=_("no level yet"),
        help_text=_("Decides what they are offered. It can be set later."),
    )
    note = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH, required=False)


class LevelForm(TakeInForm):
    """The level of somebody who is in."""


class LaterForm(forms.Form):
    when = forms.ChoiceField(
        label=_("Remind me"),
        choices=[
            (WEEK, _("in a week")),
            (MONTH, _("in a month")),
            (QUARTER, _("in three months")),
            (DAY, _("on a day")),
        ],
        initial=MONTH,
    )
    day = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("For “on a day”.")
    )
    note = forms.CharField(label=_("Why"), max_length=NOTE_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == DAY and not cleaned.get("day") and not self.errors.get("day"):
            self.add_error("day", _("Say on which day you want to look again."))
        return cleaned


def day_said(said: Mapping[str, Any], today: date) -> date:
    """The day that was chosen in a LaterForm."""
    if said["when"] == DAY:
        day: date = said["day"]
        return day
    return today + timedelta(days=DAYS_LATER[said["when"]])
