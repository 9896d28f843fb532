from django.utils.translation import gettext as _

from config.lib.money import Money, money_words
from rewards.models import ByHand, RewardRule


def by_hand_words(change: ByHand) -> str:
    """'$60.00, account credit', 'account credit taken away: $20.00'"""
    amount = money_words(Money(change.amount, change.unit))
    if change.kind == ByHand.Kind.GRANT:
        return _("%(amount)s, %(benefit)s") % {
            "amount": amount,
            "benefit": RewardRule.Benefit(change.benefit).label,
        }
    return _("%(what)s: %(amount)s") % {"what": change.get_kind_display(), "amount": amount}
