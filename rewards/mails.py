"""The mails about rewards. They say the amount and the date; why something is being checked, they do not."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

SERVICE = OutboundMessage.Nature.SERVICE

REWARD_EARNED = Mail(
    name="reward_earned",
    title=_("A reward was earned and waits"),
    nature=SERVICE,
    placeholders=("amount", "campaign_name", "waits", "portal_url"),
    subject=_("You have earned {amount}"),
    preheader=_("Thank you for recommending {company_name}."),
    body=_("{greeting}\n\nyou have earned **{amount}** in “{campaign_name}”. Thank you.\n\n{waits}"),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

REWARD_READY = Mail(
    name="reward_ready",
    title=_("A reward in money is ready to be paid"),
    nature=SERVICE,
    placeholders=("amount", "campaign_name", "portal_url"),
    subject=_("{amount} are ready for you"),
    preheader=_("We pay with the next run."),
    body=_(
        "{greeting}\n\n"
        "**{amount}** from “{campaign_name}” are ready for you. We pay with the next run, to the bank account that you "
        "have given us.\n\n"
        "Have you not given one yet? It takes a minute on your page."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

REWARD_FULFILLED = Mail(
    name="reward_fulfilled",
    title=_("Account credit was given"),
    nature=SERVICE,
    placeholders=("amount", "campaign_name", "portal_url"),
    subject=_("{amount} in account credit are yours"),
    preheader=_("Use it with your next order."),
    body=_(
        "{greeting}\n\n"
        "we have added **{amount}** to your account credit, as a thank-you from “{campaign_name}”. You can use it with "
        "your next order."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

REWARD_GIVEN = Mail(
    name="reward_given",
    title=_("A reward was given"),
    nature=SERVICE,
    placeholders=("amount", "what", "period", "campaign_name", "portal_url"),
    subject=_("Yours: {what}"),
    preheader=_("Thank you for recommending {company_name}."),
    body=_("{greeting}\n\nas a thank-you from “{campaign_name}” this is yours: **{what}**.\n\n{period}"),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

REWARD_ENDS = Mail(
    name="reward_ends",
    title=_("An upgrade or free months end soon"),
    nature=SERVICE,
    placeholders=("amount", "what", "date", "campaign_name", "portal_url"),
    subject=_("It ends on {date}: {what}"),
    preheader=_("So that it does not come as a surprise."),
    body=_(
        "{greeting}\n\n"
        "as a thank-you from “{campaign_name}” you have had this: **{what}**. It ends on {date}.\n\n"
        "Do you want to keep it? Recommend us again, or ask us."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

COUPON_ISSUED = Mail(
    name="coupon_issued",
    title=_("A coupon was issued"),
    nature=SERVICE,
    placeholders=("amount", "code", "campaign_name", "valid"),
    subject=_("Your code for {amount} off"),
    preheader=_("Type it in at the checkout."),
    body=_(
        "{greeting}\n\n"
        "this is your code for **{amount}** off at {company_name}:\n\n"
        "**{code}**\n\n"
        "Type it in at the checkout. {valid}"
    ),
)

REWARD_EXPIRES = Mail(
    name="reward_expires",
    title=_("A reward runs out soon"),
    nature=SERVICE,
    placeholders=("amount", "campaign_name", "date", "what_to_do", "portal_url"),
    subject=_("{amount} wait for you until {date}"),
    preheader=_("Take them before they run out."),
    body=_(
        "{greeting}\n\n"
        "**{amount}** from “{campaign_name}” wait for you, and can be taken until **{date}**.\n\n"
        "{what_to_do} It takes a minute on your page."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

REWARD_DECLINED = Mail(
    name="reward_declined",
    title=_("A reward was declined"),
    nature=SERVICE,
    placeholders=("amount", "campaign_name", "answer"),
    subject=_("About your reward of {amount}"),
    preheader=_("We have looked at it."),
    body=_(
        "{greeting}\n\n"
        "we have looked at **{amount}** from “{campaign_name}”, and cannot give it.\n\n"
        "{answer}\n\n"
        "If you think that we are wrong, answer this mail."
    ),
)

REWARD_EXPLAINED = Mail(
    name="reward_explained",
    title=_("Answers why somebody got a reward, or did not"),
    nature=SERVICE,
    placeholders=("explanation",),
    subject=_("About your reward"),
    preheader=_("How it stands, and why."),
    body=_(
        "{greeting}\n\n"
        "you asked about your reward. This is how it stands:\n\n"
        "{explanation}\n\n"
        "If you think that we are wrong, answer this mail."
    ),
)

REWARD_MAILS = (
    REWARD_EARNED,
    REWARD_READY,
    REWARD_FULFILLED,
    REWARD_GIVEN,
    REWARD_ENDS,
    COUPON_ISSUED,
    REWARD_EXPLAINED,
    REWARD_EXPIRES,
    REWARD_DECLINED,
)
