"""Why money that is ready is not paid yet, for the person."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.models import Contact
from config.lib.money import Money, money_words
from rewards.payout_plan import LeftOutBecause, Share, due_units, payout_plan


def payout_waits(contact: Contact, *, now: datetime) -> list[str]:
    """A sentence for each currency in which something stands in the way; where to pay is asked for elsewhere."""
    plans = [payout_plan(unit=unit, now=now, contact=contact) for unit in due_units(contact)]
    sentences = [_sentence(share, plan.unit) for plan in plans for share in plan.left_out]
    return [sentence for sentence in sentences if sentence]


def _sentence(share: Share, unit: str) -> str:
    ready = money_words(Money(share.earned, unit))
    if share.left_out == LeftOutBecause.RESTING and share.rests_until:
        day = date_format(localtime(share.rests_until), "DATE_FORMAT")
        return _("%(ready)s is ready. You changed your account a short time ago, so we pay from %(date)s.") % {
            "ready": ready,
            "date": day,
        }
    if share.left_out == LeftOutBecause.BELOW_MINIMUM:
        least = money_words(Money(share.least, unit))
        return _("%(ready)s is ready. We pay as soon as %(least)s has come together.") % {
            "ready": ready,
            "least": least,
        }
    if share.left_out == LeftOutBecause.NETTED:
        return _("%(ready)s is kept back, because a reward was taken back after we had paid it.") % {"ready": ready}
    return ""
