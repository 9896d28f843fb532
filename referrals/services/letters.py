"""What is written to whom when something happens to a referral. Every key names the referral, so each goes out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _, override

from advocates.models import Contact, User
from advocates.selectors import contact_email, display_name, public_name
from advocates.services.limits import rate_hit
from campaigns.models import Campaign, CampaignCopy
from campaigns.selectors import company, copy_for, copy_lately
from campaigns.services.messages import message_add, message_queue
from config.lib.together import Together
from referrals.errors import AlreadyReferred, ExistingCustomer, SelfReferral
from referrals.models import Referral
from referrals.working_hours import moment_words, zone_of

REFUSALS_PER_ADDRESS = 1
REFUSALS_WINDOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where both sides get their mail; empty for who has none."""

    advocate: str
    friend: str


def tell_arrival(referral: Referral, *, now: datetime) -> None:
    """Thank the friend, tell the advocate, the owner and the team."""
    tell_friend_and_staff(referral, now=now)
    _tell_advocate(referral, mail="advocate_news", now=now)


def tell_friend_and_staff(referral: Referral, *, now: datetime) -> None:
    """The same where the advocate hears of it in another way."""
    copy = _copy(referral, referral.friend)
    message_queue(
        mail="friend_thanks",
        key=f"friend_thanks:{referral.public_id}",
        contact=referral.friend,
        campaign=referral.campaign,
        values={
            "advocate_name": _advocate_name(referral, language=copy.language),
            "campaign_name": referral.campaign.name,
            "friend_offer": copy.friend_offer,
            "answer_by": _answer_words(referral, language=copy.language, time_zone=referral.campaign.time_zone),
        },
        now=now,
    )
    if referral.owner:
        tell_owner(referral, owner=referral.owner, now=now)
    _tell_team(referral, now=now)


def tell_conversion(referral: Referral, *, writes: Together, addresses: Addresses | None = None, now: datetime) -> None:
    """Thank both sides. Texts may be a second old."""
    addresses = addresses or Addresses(contact_email(referral.advocate), contact_email(referral.friend))
    words = copy_lately(referral.campaign, referral.advocate.language or referral.campaign.main_language)
    mails = {
        "advocate_converted": (referral.advocate, addresses.advocate, _advocate_values(referral, words)),
        "friend_welcome": (referral.friend, addresses.friend, _welcome_values(referral)),
    }
    for mail, (reader, address, values) in mails.items():
        message_add(
            writes=writes,
            mail=mail,
            key=f"{mail}:{referral.public_id}",
            contact=reader,
            address=address,
            campaign=referral.campaign,
            values=values,
            now=now,
        )


def _welcome_values(referral: Referral) -> dict[str, str]:
    language = referral.friend.language or referral.campaign.main_language
    return {
        "advocate_name": _advocate_name(referral, language=language),
        "campaign_name": referral.campaign.name,
    }


def tell_refusal(*, contact: Contact, campaign: Campaign, code: str, now: datetime) -> None:
    """Say to the address itself why its claim does not count: at most once a day, whoever keeps typing it."""
    within = rate_hit(
        key=f"claim_refused:{contact.public_id}", limit=REFUSALS_PER_ADDRESS, window=REFUSALS_WINDOW, now=now
    )
    if not within:
        return
    with override(contact.language or campaign.main_language):
        why = _why(code)
    message_queue(
        mail="claim_refused",
        key=f"claim_refused:{campaign.public_id}:{contact.public_id}:{now:%Y-%m-%dT%H:%M:%S}",
        contact=contact,
        campaign=campaign,
        values={"campaign_name": campaign.name, "why": why},
        now=now,
    )


def tell_owner(referral: Referral, *, owner: User, now: datetime) -> None:
    """Tell a colleague that this referral is theirs; once for each colleague."""
    _tell_staff(referral, address=owner.email, language=owner.language, key=owner.public_id, now=now)


def _tell_team(referral: Referral, *, now: datetime) -> None:
    sender = company()
    address = referral.campaign.team_email or sender.team_email
    if address:
        _tell_staff(referral, address=address, language=sender.language, key="team", now=now)


def _tell_staff(referral: Referral, *, address: str, language: str, key: str, now: datetime) -> None:
    page = reverse("admin:referrals_referral_change", args=[referral.pk])
    message_queue(
        mail="new_referral",
        key=f"new_referral:{referral.public_id}:{key}",
        staff_address=address,
        staff_language=language,
        campaign=referral.campaign,
        values={
            "friend_name": display_name(referral.friend),
            "advocate_name": display_name(referral.advocate),
            "campaign_name": referral.campaign.name,
            "answer_by": _answer_words(referral, language=language, time_zone=company().time_zone),
            "referral_url": f"{settings.SITE_URL}{page}",
        },
        now=now,
    )


def _tell_advocate(referral: Referral, *, mail: str, now: datetime) -> None:
    message_queue(
        mail=mail,
        key=f"{mail}:{referral.public_id}",
        contact=referral.advocate,
        campaign=referral.campaign,
        values=_advocate_values(referral, _copy(referral, referral.advocate)),
        now=now,
    )


def _advocate_values(referral: Referral, copy: CampaignCopy) -> dict[str, str]:
    with override(copy.language):
        friend = public_name(referral.friend) or _("Your friend")
    return {
        "friend_name": friend,
        "advocate_offer": copy.advocate_offer,
        "portal_url": f"{settings.SITE_URL}/portal/",
    }


def _advocate_name(referral: Referral, *, language: str) -> str:
    """What the advocate lets friends see; in its place what any friend may know."""
    with override(language):
        return public_name(referral.advocate) or _("a customer of ours")


def _copy(referral: Referral, reader: Contact) -> CampaignCopy:
    return copy_for(referral.campaign, reader.language or referral.campaign.main_language)


def _answer_words(referral: Referral, *, language: str, time_zone: str) -> str:
    return moment_words(referral.first_answer_due_at, language=language, zone=zone_of(time_zone))


def _why(code: str) -> str:
    if code == SelfReferral.code:
        return _("It came over your own link, and nobody can recommend us to themselves.")
    if code == AlreadyReferred.code:
        return _("You were recommended to us before, and that recommendation stands: nothing is lost.")
    if code == ExistingCustomer.code:
        return _("You are a customer already, and this offer is for people who are new to us.")
    return _("It cannot be counted at the moment.")
