"""The mails about coupons: the code, and that it runs out."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

SERVICE = OutboundMessage.Nature.SERVICE

COUPON_EXPIRING = Mail(
    name="coupon_expiring",
    title=_("A coupon runs out soon"),
    nature=SERVICE,
    placeholders=("amount", "code", "campaign_name", "valid"),
    subject=_("Your code for {amount} off runs out soon"),
    preheader=_("It is not used yet."),
    body=_(
        "{greeting}\n\n"
        "you have not used your code for **{amount}** off at {company_name} yet:\n\n"
        "**{code}**\n\n"
        "Type it in at the checkout. {valid}"
    ),
)

COUPON_MAILS = (COUPON_EXPIRING,)
