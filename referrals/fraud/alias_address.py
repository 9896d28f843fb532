from django.utils.translation import gettext_lazy as _

from advocates.models import ContactKey
from referrals.fraud.rule import LIKELY, Finding, FraudRule
from referrals.models import Referral


def look(referral: Referral) -> Finding | None:
    """The same mailbox under another spelling (`name+x@`), compared by the strict key that serves nothing else."""
    strict = referral.friend.keys.filter(kind=ContactKey.Kind.EMAIL).exclude(strict="").values("strict")
    others = ContactKey.objects.filter(kind=ContactKey.Kind.EMAIL, strict__in=strict).exclude(
        contact=referral.friend_id
    )
    owners = set(others.values_list("contact_id", flat=True)[:50])
    if referral.advocate_id in owners:
        return Finding(LIKELY, {"of": "advocate"})
    return Finding(40, {"of": "somebody else"}) if owners else None


ALIAS_ADDRESS = FraudRule("alias_address", _("The address is another spelling of one that we know already."), look)
