"""What is written about a claim, and to whom. Every key names the claim, so each goes out once."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from advocates.selectors import display_name
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from referrals.claim_words import answer_words, friend_label
from referrals.models import Claim
from referrals.working_hours import moment_words, zone_of


def tell_claim_noted(*, claim: Claim, now: datetime) -> None:
    """To the advocate: we look at it, and by when they hear from us."""
    language = _language(claim)
    values = {
        "friend": _friend(claim, language),
        "campaign_name": claim.enrolment.campaign.name,
        "decide_by": _due_words(claim, language),
        "portal_url": f"{settings.SITE_URL}/portal/friends/claim/",
    }
    _tell_advocate(claim, mail="claim_noted", values=values, now=now)


def tell_claim_answered(*, claim: Claim, now: datetime) -> None:
    """To the advocate: the answer, as a sentence."""
    language = _language(claim)
    with override(language):
        answer = answer_words(claim)
    values = {
        "friend": _friend(claim, language),
        "campaign_name": claim.enrolment.campaign.name,
        "answer": answer,
        "portal_url": f"{settings.SITE_URL}/portal/friends/",
    }
    _tell_advocate(claim, mail="claim_answered", values=values, now=now)


def tell_claim_to_decide(*, claim: Claim, now: datetime) -> None:
    _tell_team(claim, mail="claim_to_decide", now=now)


def tell_claim_overdue(*, claim: Claim, now: datetime) -> bool:
    """Is there a team to tell?"""
    return _tell_team(claim, mail="claim_overdue", now=now)


def _tell_advocate(claim: Claim, *, mail: str, values: dict[str, str], now: datetime) -> None:
    enrolment = claim.enrolment
    message_queue(
        mail=mail,
        key=f"{mail}:{claim.public_id}",
        contact=enrolment.contact,
        campaign=enrolment.campaign,
        values=values,
        now=now,
    )


def _tell_team(claim: Claim, *, mail: str, now: datetime) -> bool:
    sender, campaign = company(), claim.enrolment.campaign
    address = campaign.team_email or sender.team_email
    if not address:
        return False
    values = {
        "advocate_name": display_name(claim.enrolment.contact),
        "campaign_name": campaign.name,
        "decide_by": _due_words(claim, sender.language),
        "claim_url": f"{settings.SITE_URL}{reverse('admin:referrals_claim_change', args=[claim.pk])}",
    }
    message_queue(
        mail=mail,
        key=f"{mail}:{claim.public_id}",
        staff_address=address,
        staff_language=sender.language,
        campaign=campaign,
        values=values,
        now=now,
    )
    return True


def _language(claim: Claim) -> str:
    return claim.enrolment.contact.language or claim.enrolment.campaign.main_language


def _friend(claim: Claim, language: str) -> str:
    with override(language):
        return friend_label(claim)


def _due_words(claim: Claim, language: str) -> str:
    return moment_words(claim.decide_by, language=language, zone=zone_of(company().time_zone))
