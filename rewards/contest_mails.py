"""The mail that tells somebody what they have won."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

CONTEST_WON = Mail(
    name="contest_won",
    title=_("Somebody has won in a contest"),
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("prize", "contest", "number", "record_url"),
    subject=_("You have won: {prize}"),
    preheader=_("Your entry in “{contest}” was drawn."),
    body=_(
        "{greeting}\n\n"
        "your entry number **{number}** in “{contest}” was drawn: you have won **{prize}**. Congratulations!\n\n"
        "We write to you about how it reaches you. How the draw was made, everybody can look up and repeat."
    ),
    button=_("Look at the draw"),
    button_url_placeholder="record_url",
)

CONTEST_MAILS = (CONTEST_WON,)
