from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from advocates.admin.base import page_url
from advocates.admin.detail import fact
from advocates.models import Purchase
from referrals.models import ReferralEvent


def referral_fact(request: HttpRequest, purchase: Purchase) -> list[dict[str, Any]]:
    """By whom the customer of this sale came, where the sale counts in a referral."""
    if not request.user.has_perm("referrals.view_referral"):
        return []
    events = ReferralEvent.objects.filter(source=purchase.source, event_id=purchase.external_id)
    event = events.exclude(referral=None).select_related("referral__advocate__details", "referral__campaign").first()
    if event is None or event.referral is None:
        return []
    referral = event.referral
    return [fact(_("Referral"), referral.advocate, hint=referral.campaign.name, url=page_url(referral))]
