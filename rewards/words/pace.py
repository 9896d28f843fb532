"""How a budget stands, as sentences for staff."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from config.lib.money import Money, money_words
from rewards.models import Budget
from rewards.pacing import Paced
from rewards.rules.pace import next_begin

STATES = {
    "used_up": (gettext_lazy("used up"), "danger"),
    "fast": (gettext_lazy("runs out early"), "warning"),
    "steady": (gettext_lazy("lasts"), "success"),
}


def pace_state(found: Paced) -> dict[str, str]:
    """Label and tone."""
    name = "steady"
    if found.pace.is_used_up:
        name = "used_up"
    elif found.pace.is_worrying:
        name = "fast"
    label, tone = STATES[name]
    return {"label": str(label), "tone": tone}


def pace_words(found: Paced) -> str:
    """What is used, what the straight line would have used, and how it goes on."""
    return " ".join(filter(None, [used_words(found), outlook_words(found), waiting_line_words(found)]))


def used_words(found: Paced) -> str:
    pace, unit = found.pace, found.budget.unit
    values = {
        "used": money_words(Money(pace.used, unit)),
        "amount": money_words(Money(pace.amount, unit)),
        "percent": pace.percent,
    }
    said = _("%(used)s of %(amount)s are used, %(percent)s %%.") % values
    if pace.expected is None:
        return said
    line = money_words(Money(pace.expected, unit))
    return f"{said} " + _("Used evenly, it would be %(line)s by today.") % {"line": line}


def outlook_words(found: Paced) -> str:
    pace = found.pace
    if pace.is_used_up:
        return _used_up_words(found)
    if pace.runs_out:
        return _("If it goes on like this, it runs out on %(date)s.") % {"date": _day(pace.runs_out)}
    if pace.used == 0:
        return _("Nothing of it is used yet.")
    return _("If it goes on like this, it lasts until the end.")


def waiting_line_words(found: Paced) -> str:
    if not found.pace.waiting:
        return ""
    count = found.pace.waiting
    values = {"count": count, "amount": money_words(Money(found.waiting_amount, found.budget.unit))}
    words = ngettext(
        "%(count)s reward of %(amount)s stands in line.", "%(count)s rewards of %(amount)s stand in line.", count
    )
    return words % values


def _used_up_words(found: Paced) -> str:
    sentences = [_("What is left is too little for the next in line.") if found.pace.left else _("It is used up.")]
    if found.budget.period == Budget.Cycle.LIFETIME:
        sentences.append(_("What is earned from now on waits until the amount is raised."))
    else:
        begins = next_begin(found.budget.period, found.pace.as_of)
        sentences.append(
            _(
                "What is earned from now on waits for the next period, which begins on %(date)s, and goes out in order "
                "then."
            )
            % {"date": _day(begins)}
        )
    return " ".join(sentences)


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
