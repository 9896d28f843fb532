"""What a good colleague would suggest."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _, ngettext

from advocates.models import CircleChoice, CircleSuggestion
from campaigns.models import Campaign
from campaigns.selectors import company
from config.dashboard.desk import Desk, Part
from config.pages import list_url
from rewards.models import PayoutRun, Reward


def step_company(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.change_company") or company().postal_address:
        return None
    return {
        "title": _("Say who you are"),
        "text": _("Mails need a postal address in their foot before a campaign can start."),
        "url": list_url(desk.site, type(company())),
        "button": _("Fill in the company page"),
    }


def step_campaign(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.change_campaign") or Campaign.objects.active().exists():
        return None
    return {
        "title": _("Start a campaign"),
        "text": _("No campaign is active, so nobody can recommend you."),
        "url": list_url(desk.site, Campaign),
        "button": _("To the campaigns"),
    }


def step_circle(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("advocates.change_circlechoice"):
        return None
    count = CircleSuggestion.objects.open().count()
    if not count:
        return None
    words = ngettext(
        "%(count)d person is suggested for the inner circle, with the reasons.",
        "%(count)d people are suggested for the inner circle, with the reasons.",
        count,
    )
    return {
        "title": _("Look at who would speak for you"),
        "text": words % {"count": count},
        "url": list_url(desk.site, CircleChoice),
        "button": _("See the suggestions"),
    }


def step_ask(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("campaigns.add_enrolment"):
        return None
    rested = Q(contact__last_asked_at=None) | Q(
        contact__last_asked_at__lt=desk.now - timedelta(days=company().ask_rest_days)
    )
    count = CircleChoice.objects.members().filter(rested).count()
    if not count:
        return None
    words = ngettext(
        "%(count)d person of your inner circle can be asked again.",
        "%(count)d people of your inner circle can be asked again.",
        count,
    )
    return {
        "title": _("Ask for recommendations"),
        "text": words % {"count": count},
        "url": list_url(desk.site, Campaign),
        "button": _("Choose a campaign"),
    }


def step_payout(desk: Desk) -> dict[str, Any] | None:
    if not desk.may("rewards.prepare_payouts") or not Reward.objects.payable().exists():
        return None
    if PayoutRun.objects.filter(status=PayoutRun.Status.DRAFT).exists():
        return None
    return {
        "title": _("Prepare a payout run"),
        "text": _("Approved rewards wait for payment."),
        "url": list_url(desk.site, PayoutRun),
        "button": _("To the payout runs"),
    }


NEXT_STEPS: tuple[Part, ...] = (step_company, step_campaign, step_circle, step_ask, step_payout)
