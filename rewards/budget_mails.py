"""The mails about budgets: to the colleague who looks after the campaign."""

from django.utils.translation import gettext_lazy as _

from campaigns.messaging.mails import Mail
from campaigns.models import OutboundMessage

BUDGET_RUNS_OUT = Mail(
    name="budget_runs_out",
    title=_("Tells staff that a budget runs out"),
    nature=OutboundMessage.Nature.STAFF,
    placeholders=("budget_name", "campaign_name", "pace", "budget_url"),
    subject=_("The budget “{budget_name}” runs out"),
    preheader=_("In “{campaign_name}”, before its period is over."),
    body=_(
        "{greeting}\n\n"
        "the budget **{budget_name}** of “{campaign_name}” is used faster than its period goes by.\n\n"
        "{pace}\n\n"
        "Nothing is overspent: rewards for which there is no room wait, and their people are told so. If you want them "
        "to go out earlier, raise the amount."
    ),
    button=_("Open the budget"),
    button_url_placeholder="budget_url",
)

BUDGET_MAILS = (BUDGET_RUNS_OUT,)
