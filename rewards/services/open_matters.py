"""What is open between us and somebody who wants to be forgotten. The books are not touched by that."""

from django.db.models import Sum
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from advocates.models import Contact
from advocates.services.erasure import OpenMatter
from config.lib.money import Money, money_words
from rewards.models import Payout, Reward
from rewards.rules.registry import PERCENT

UNDER_WAY = (
    Payout.Status.READY,
    Payout.Status.SENDING,
    Payout.Status.SUBMITTED,
    Payout.Status.UNKNOWN,
    Payout.Status.NEEDS_REVIEW,
)
UNPAID = (Reward.Status.PENDING, Reward.Status.APPROVED, Reward.Status.PROCESSING, Reward.Status.FAILED)


def money_matters(contact: Contact) -> list[OpenMatter]:
    """A payment under way stops it: nobody would know any more to whom it went. Unpaid rewards are only said."""
    if Payout.objects.filter(contact=contact, status__in=UNDER_WAY).exists():
        sentence = _("A payment is under way. It has to arrive, or be called off, first.")
        return [OpenMatter(sentence, stops=True, code="payment_under_way")]
    unpaid = Reward.objects.filter(contact=contact, status__in=UNPAID, is_test=False).exclude(unit=PERCENT)
    sums = unpaid.order_by("unit").values_list("unit").annotate(Sum("amount"))
    amounts = [money_words(Money(amount, unit)) for unit, amount in sums]
    if not amounts:
        return []
    sentence = _("%(amounts)s not paid out so far can no longer be paid afterwards. The books stay as they are.")
    return [OpenMatter(sentence % {"amounts": get_text_list(amounts, _("and"))}, code="unpaid_rewards")]
