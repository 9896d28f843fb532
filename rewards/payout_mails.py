"""The mails about payouts, in the words that we ship. The rewards app registers them when it is ready."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

PAYOUT_PAID = Mail(
    name="payout_paid",
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("amount", "account", "reference", "portal_url"),
    subject=_("{amount} is on its way to your account"),
    preheader=_("Thank you for recommending {company_name}."),
    title=_("A reward was paid out"),
    body=_(
        "{greeting}\n\nwe have paid **{amount}** to your account {account}. "
        "Your bank shows it within a few days, under the reference {reference}.\n\n"
        "Thank you for recommending us."
    ),
    button=_("See your rewards"),
    button_url_placeholder="portal_url",
)

PAYOUT_RETURNED = Mail(
    name="payout_returned",
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("amount", "account", "payout_method_url"),
    subject=_("Your payment of {amount} came back to us"),
    preheader=_("Please check the account that you gave us."),
    title=_("A payment came back"),
    body=_(
        "{greeting}\n\nyour bank sent back the **{amount}** that we paid to your account {account}. "
        "Nothing is lost: the money is yours, and we pay it again with our next payments.\n\n"
        "Please look whether the account is still right. If it is not, enter the new one."
    ),
    button=_("Check my account"),
    button_url_placeholder="payout_method_url",
)

PAYOUT_METHOD_CHANGED = Mail(
    name="payout_method_changed",
    nature=OutboundMessage.Nature.SERVICE,
    placeholders=("account", "usable_from", "payout_method_url"),
    subject=_("The account that we pay you to was changed"),
    preheader=_("If that was not you, tell us now."),
    title=_("A bank account was changed"),
    body=_(
        "{greeting}\n\nfrom {usable_from} on we pay your rewards to the account {account}. Until then nothing is paid, "
        "so that you can object.\n\n"
        "**If you did not change it**, answer this mail at once, and enter your own account again."
    ),
    button=_("Look at my account"),
    button_url_placeholder="payout_method_url",
)

PAYOUT_MAILS = (PAYOUT_PAID, PAYOUT_RETURNED, PAYOUT_METHOD_CHANGED)
