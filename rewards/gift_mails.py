"""The mails about gifts. A code of a gift card is money: it is shown on the person's page and in no mail."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

SERVICE = OutboundMessage.Nature.SERVICE

REWARD_TO_TAKE = Mail(
    name="reward_to_take",
    title=_("A reward waits for its owner's word"),
    nature=SERVICE,
    placeholders=("amount", "what_to_do", "campaign_name", "portal_url"),
    subject=_("{amount} are waiting for you"),
    preheader=_("Thank you for recommending {company_name}."),
    body=_(
        "{greeting}\n\n"
        "**{amount}** from “{campaign_name}” are ready for you. {what_to_do}\n\n"
        "It takes a minute on your page."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

GIFT_ORDERED = Mail(
    name="gift_ordered",
    title=_("A gift was picked and will be sent"),
    nature=SERVICE,
    placeholders=("item", "portal_url"),
    subject=_("We have noted your choice: {item}"),
    preheader=_("You hear from us when it is on its way."),
    body=_(
        "{greeting}\n\nthank you, we have noted **{item}** for you. You get another mail as soon as it is on its way."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

GIFT_GIVEN = Mail(
    name="gift_given",
    title=_("A gift is there, or on its way"),
    nature=SERVICE,
    placeholders=("item", "how", "portal_url"),
    subject=_("{item}: with our thanks"),
    preheader=_("Thank you for recommending {company_name}."),
    body=_("{greeting}\n\n**{item}** is yours. {how}\n\nThank you for recommending us."),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

GIFT_CALLED_OFF = Mail(
    name="gift_called_off",
    title=_("An order of a gift was called off"),
    nature=SERVICE,
    placeholders=("item", "why", "portal_url"),
    subject=_("We cannot send you {item}"),
    preheader=_("What you paid with is yours again."),
    body=_(
        "{greeting}\n\n"
        "we are sorry: we cannot send you **{item}**. {why}\n\n"
        "The points that you gave for it stand on your account again."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

GIFT_MAILS = (REWARD_TO_TAKE, GIFT_ORDERED, GIFT_GIVEN, GIFT_CALLED_OFF)
