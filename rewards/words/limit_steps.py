"""What a limit did: which one bit, what had been used of it, what was left, and what became of this reward."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from campaigns.models import Campaign
from rewards.words.limits import period_words, window_words
from rewards.words.lists import amount_words
from rewards.words.sentence import Sentence, Values

LIMITS = {
    "advocate": gettext_lazy("The limit is %(limit)s for each advocate %(window)s."),
    "friend": gettext_lazy("The limit is %(limit)s for each friend %(window)s."),
    "campaign": gettext_lazy("The limit is %(limit)s in the campaign %(window)s."),
}
USED = {
    "event": "",
    "lifetime": gettext_lazy("Before this %(used)s were used and %(left)s left."),
    "rolling": gettext_lazy("In the days around %(period)s %(used)s were used and %(left)s left."),
}
USED_IN = gettext_lazy("Before this, in %(period)s, %(used)s were used and %(left)s left.")


def _limit(text: Any) -> Sentence:
    """Which limit bit, what had been used of it and what was left, and what became of this one."""

    def sentence(passed: bool, values: Values, campaign: Campaign | None) -> str:
        numbers = _limit_numbers(values)
        parts = [LIMITS[values["per"]], USED.get(values["window"], USED_IN), text]
        return " ".join(str(part) % numbers for part in parts if part)

    return sentence


def _limit_numbers(values: Values) -> dict[str, str]:
    return {
        "limit": counted(values["limit"], values),
        "used": counted(values["used"], values),
        "left": counted(max(values["limit"] - values["used"], 0), values),
        "amount": amount_words(values["amount"], values["unit"]),
        "window": window_words(values["window"], values["days"] or None),
        "period": period_words(values["window"], values["period"]) if values["window"] != "lifetime" else "",
    }


def counted(number: int, values: Values) -> str:
    """'$500.00', '15 friends', '3 rewards', by what the limit counts."""
    if values["measure"] == "amount":
        return amount_words(number, values["unit"])
    if values["measure"] == "friends":
        return ngettext("%(count)s friend", "%(count)s friends", number) % {"count": number}
    return ngettext("%(count)s reward", "%(count)s rewards", number) % {"count": number}


LIMIT_STEPS: Mapping[str, Sentence] = {
    "limit_reached": _limit(gettext_lazy("That is too little for this one.")),
    "limit_partial": _limit(gettext_lazy("So %(amount)s of it are given.")),
    "limit_waits": _limit(gettext_lazy("This one waits in line until there is room.")),
}
