from django.utils.translation import gettext_lazy as _

from advocates.identity import is_disposable
from advocates.models import ContactKey
from referrals.fraud.rule import Finding, FraudRule
from referrals.models import Referral


def look(referral: Referral) -> Finding | None:
    """Mailboxes that are thrown away after one mail, parent domains included."""
    addresses = referral.friend.keys.filter(kind=ContactKey.Kind.EMAIL).values_list("value", flat=True)
    return Finding(40) if any(map(is_disposable, addresses)) else None


DISPOSABLE_ADDRESS = FraudRule("disposable_address", _("The address belongs to a throw-away mailbox."), look)
