"""The mails about tiers: reached, and left again."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

SERVICE = OutboundMessage.Nature.SERVICE

TIER_REACHED = Mail(
    name="tier_reached",
    title=_("Somebody reached a tier"),
    nature=SERVICE,
    placeholders=("tier_name", "campaign_name", "benefits", "ahead", "portal_url"),
    subject=_("You have reached {tier_name}"),
    preheader=_("Thank you for recommending {company_name}."),
    body=_(
        "{greeting}\n\n"
        "thanks to your friends you have reached **{tier_name}** in “{campaign_name}”. It counts from your next friend "
        "on.\n\n"
        "{benefits}\n\n"
        "{ahead}"
    ),
    button=_("See where I stand"),
    button_url_placeholder="portal_url",
)

TIER_LOWERED = Mail(
    name="tier_lowered",
    title=_("Somebody was moved down a tier"),
    nature=SERVICE,
    placeholders=("tier_name", "campaign_name", "ahead", "portal_url"),
    subject=_("You are now in {tier_name}"),
    preheader=_("One more friend brings you back."),
    body=_(
        "{greeting}\n\n"
        "it has been a while since a friend of yours became a customer, so in “{campaign_name}” you are now in "
        "**{tier_name}**. What you have earned stays yours.\n\n"
        "{ahead}"
    ),
    button=_("Recommend to a friend"),
    button_url_placeholder="portal_url",
)

TIER_MAILS = (TIER_REACHED, TIER_LOWERED)
