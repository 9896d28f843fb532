"""The mails that campaigns themselves send."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

ASK = Mail(
    name="ask",
    title=_("Ask to recommend us"),
    nature=OutboundMessage.Nature.ASK,
    placeholders=(
        "headline",
        "advocate_offer",
        "friend_offer",
        "good_fit",
        "share_url",
        "code",
        "advocate_url",
    ),
    subject=_("Who comes to mind?"),
    preheader=_("{headline}"),
    body=_(
        "{greeting}\n\n"
        "you know {company_name} better than any advertisement could. If somebody comes to mind who would be glad of "
        "us too, this is your own link:\n\n"
        "[{share_url}]({share_url})\n\n"
        "**A good fit:** {good_fit}\n\n"
        "- Your friend gets: {friend_offer}\n"
        "- You get: {advocate_offer}\n\n"
        "Or simply say your code: **{code}**"
    ),
    button=_("Get my link and share it"),
    button_url_placeholder="advocate_url",
)

PORTAL_LINK = Mail(
    name="portal_link",
    title=_("Sign-in link"),
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("link", "minutes"),
    subject=_("Your sign-in link for {company_name}"),
    preheader=_("It works once, for {minutes} minutes."),
    body=_(
        "{greeting}\n\n"
        "press the button to see your link, your friends and your rewards. It works once, for {minutes} minutes.\n\n"
        "If you did not ask for it, there is nothing to do: without the button nobody gets in."
    ),
    button=_("Sign in"),
    button_url_placeholder="link",
    is_secret=True,
)

NPS_SURVEY = Mail(
    name="nps_survey",
    title=_("Would you recommend us?"),
    nature=OutboundMessage.Nature.ASK,
    placeholders=("survey_url",),
    subject=_("One question from {company_name}"),
    preheader=_("It takes half a minute, and we read every answer."),
    body=_(
        "{greeting}\n\n"
        "how likely are you to recommend {company_name} to a friend or a colleague?\n\n"
        "One figure from 0 (not at all) to 10 (most certainly) is enough. If you like, tell us why: we read every word."
    ),
    button=_("Answer"),
    button_url_placeholder="survey_url",
    scale_url_placeholder="survey_url",
)

TESTIMONIAL_PUBLISHED = Mail(
    name="testimonial_published",
    title=_("Your words are published"),
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("words", "places", "link"),
    subject=_("Your words stand on our pages now"),
    preheader=_("Thank you. You can take them back at any time."),
    body=_(
        "{greeting}\n\n"
        "thank you for your words. From today we may show them here: {places}\n\n"
        "> {words}\n\n"
        "You can take them back at any time, on your own page. They are gone from our pages at once then."
    ),
    button=_("See or take back my words"),
    button_url_placeholder="link",
)

CAMPAIGN_MAILS = (ASK, PORTAL_LINK, NPS_SURVEY, TESTIMONIAL_PUBLISHED)
