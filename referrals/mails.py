"""The mails of this app. A mail to a friend or an advocate never says what the other bought or earned."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

SERVICE = OutboundMessage.Nature.SERVICE
STAFF = OutboundMessage.Nature.STAFF

FRIEND_THANKS = Mail(
    name="friend_thanks",
    title=_("Thanks to a friend who came by"),
    nature=SERVICE,
    placeholders=("advocate_name", "campaign_name", "friend_offer", "answer_by"),
    subject=_("Welcome, and greetings from {advocate_name}"),
    preheader=_("What you get, and what happens next."),
    body=_(
        "{greeting}\n\n"
        "thank you for coming by on the recommendation of {advocate_name}. This is set aside for you:\n\n"
        "**{friend_offer}**\n\n"
        "Somebody of {company_name} gets in touch with you by {answer_by}. If you have a question before that, simply "
        "answer this mail.\n\n"
        "We have your details because they were left with us in the campaign “{campaign_name}”. If that was not you, "
        "answer with one word and we delete them."
    ),
)

ADVOCATE_NEWS = Mail(
    name="advocate_news",
    title=_("Tells an advocate that a friend has come"),
    nature=SERVICE,
    placeholders=("friend_name", "advocate_offer", "portal_url"),
    subject=_("{friend_name} has come by"),
    preheader=_("Your recommendation has arrived."),
    body=_(
        "{greeting}\n\n"
        "{friend_name} followed your recommendation. Thank you for thinking of us: from here on we look after them "
        "well.\n\n"
        "When your friend becomes a customer, this is yours: {advocate_offer}."
    ),
    button=_("See how it goes"),
    button_url_placeholder="portal_url",
)

NEW_REFERRAL = Mail(
    name="new_referral",
    title=_("Tells staff of a new referral"),
    nature=STAFF,
    placeholders=("friend_name", "advocate_name", "campaign_name", "answer_by", "referral_url"),
    subject=_("New referral: {friend_name}"),
    preheader=_("Recommended by {advocate_name}. Answer by {answer_by}."),
    body=_(
        "**{friend_name}** was recommended by {advocate_name} in “{campaign_name}”.\n\n"
        "Please get in touch by **{answer_by}**. How you may do that, by mail or by phone, stands on the page."
    ),
    button=_("Open the referral"),
    button_url_placeholder="referral_url",
)

CLAIM_REFUSED = Mail(
    name="claim_refused",
    title=_("Says why an offer does not count"),
    nature=SERVICE,
    placeholders=("campaign_name", "why"),
    subject=_("About the offer “{campaign_name}”"),
    preheader=_("Why it does not count this time."),
    body=_(
        "{greeting}\n\n"
        "your address was entered for the offer “{campaign_name}”. {why}\n\n"
        "If it was not you, there is nothing to do. If you think that we are wrong, answer this mail."
    ),
)

ADVOCATE_CONVERTED = Mail(
    name="advocate_converted",
    title=_("Thanks an advocate whose friend became a customer"),
    nature=SERVICE,
    placeholders=("friend_name", "advocate_offer", "portal_url"),
    subject=_("{friend_name} is a customer now, thanks to you"),
    preheader=_("Your recommendation was right."),
    body=_(
        "{greeting}\n\n"
        "{friend_name} has become a customer of {company_name}, because you recommended us. Thank you.\n\n"
        "Where we stand with your thank-you ({advocate_offer}) is on your page, with its date."
    ),
    button=_("See my rewards"),
    button_url_placeholder="portal_url",
)

FRIEND_WELCOME = Mail(
    name="friend_welcome",
    title=_("Welcomes a friend who became a customer"),
    nature=SERVICE,
    placeholders=("advocate_name", "campaign_name"),
    subject=_("Good to have you with us"),
    preheader=_("From all of us, and from {advocate_name}."),
    body=_(
        "{greeting}\n\n"
        "thank you for becoming a customer of {company_name}. {advocate_name} recommended us to you, and we mean to "
        "prove them right.\n\n"
        "Whenever something is not as it should be, answer this mail: a person reads it."
    ),
)

CLAIM_NOTED = Mail(
    name="claim_noted",
    title=_("Says that a claim is looked at"),
    nature=SERVICE,
    placeholders=("friend", "campaign_name", "decide_by", "portal_url"),
    subject=_("We look into your recommendation"),
    preheader=_("You hear from us by {decide_by}."),
    body=_(
        "{greeting}\n\n"
        "you told us that you recommended us to {friend} (“{campaign_name}”). Thank you. A colleague looks at what we "
        "know of it, and you hear from us by **{decide_by}**."
    ),
    button=_("See how it stands"),
    button_url_placeholder="portal_url",
)

CLAIM_ANSWERED = Mail(
    name="claim_answered",
    title=_("Answers a claim"),
    nature=SERVICE,
    placeholders=("friend", "campaign_name", "answer", "portal_url"),
    subject=_("Our answer about your recommendation"),
    preheader=_("You told us of {friend}."),
    body=_(
        "{greeting}\n\n"
        "you told us that you recommended us to {friend} (“{campaign_name}”).\n\n"
        "{answer}\n\n"
        "If you think that we are wrong, answer this mail: a person reads it."
    ),
    button=_("See my friends"),
    button_url_placeholder="portal_url",
)

CLAIM_TO_DECIDE = Mail(
    name="claim_to_decide",
    title=_("Tells staff of a claim"),
    nature=STAFF,
    placeholders=("advocate_name", "campaign_name", "decide_by", "claim_url"),
    subject=_("{advocate_name} claims a recommendation"),
    preheader=_("To be decided by {decide_by}."),
    body=_(
        "**{advocate_name}** says that they recommended somebody in “{campaign_name}”, and we have promised an answer "
        "by **{decide_by}**.\n\n"
        "What speaks for it and what against it stands on the page."
    ),
    button=_("Decide it"),
    button_url_placeholder="claim_url",
)

CLAIM_OVERDUE = Mail(
    name="claim_overdue",
    title=_("Reminds staff of a claim whose time has passed"),
    nature=STAFF,
    placeholders=("advocate_name", "campaign_name", "decide_by", "claim_url"),
    subject=_("Late: the claim of {advocate_name}"),
    preheader=_("It was to be decided by {decide_by}."),
    body=_(
        "We promised **{advocate_name}** an answer about a recommendation in “{campaign_name}” by {decide_by}, and "
        "nobody has decided yet."
    ),
    button=_("Decide it"),
    button_url_placeholder="claim_url",
)

REFERRAL_MAILS = (
    FRIEND_THANKS,
    ADVOCATE_NEWS,
    NEW_REFERRAL,
    CLAIM_REFUSED,
    ADVOCATE_CONVERTED,
    FRIEND_WELCOME,
    CLAIM_NOTED,
    CLAIM_ANSWERED,
    CLAIM_TO_DECIDE,
    CLAIM_OVERDUE,
)
