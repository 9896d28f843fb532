"""Reads that join several rows, and the addresses that lead to them from outside."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.errors import CopyMissing
from campaigns.models import Campaign, CampaignCopy, Company, Enrolment, OutboundMessage, SurveyInvitation
from config.lib.ids import code_normalise
from config.lib.lately import Lately
from config.lib.signing import sign, unsign

ENROLMENT_TOKEN = "enrolment"  # noqa: S105 - names a purpose
MAIL_TOKEN = "mail"  # noqa: S105 - names a purpose
SURVEY_TOKEN = "survey"  # noqa: S105 - names a purpose


def company() -> Company:
    """The company page; before anybody has filled it in, an unsaved one with a neutral name."""
    return Company.objects.first() or Company(name="Innercircle")


def company_lately() -> Company:
    """The company page as it was at most a second ago."""
    return _company_lately("")


def is_open(campaign: Campaign, now: datetime) -> bool:
    """Does it take new advocates and friends at this moment?"""
    if campaign.status != Campaign.Status.ACTIVE:
        return False
    has_started = campaign.starts_at is None or campaign.starts_at <= now
    has_ended = campaign.ends_at is not None and campaign.ends_at <= now
    return has_started and not has_ended


def copy_for(campaign: Campaign, language: str) -> CampaignCopy:
    """The newest texts in that language, else in the campaign's main one. Raises CopyMissing when there are none."""
    return _chosen(campaign, language, campaign.copies.order_by("version"))


def copy_lately(campaign: Campaign, language: str) -> CampaignCopy:
    """The same as it was at most a second ago."""
    return _chosen(campaign, language, _copies_lately(campaign.pk))


def _chosen(campaign: Campaign, language: str, oldest_first: Iterable[CampaignCopy]) -> CampaignCopy:
    copies = {copy.language: copy for copy in oldest_first}
    copy = copies.get(language) or copies.get(campaign.main_language)
    if copy is None:
        raise CopyMissing(_("“%(campaign)s” has no texts in its main language yet.") % {"campaign": campaign})
    return copy


def languages_missing(campaign: Campaign) -> list[str]:
    """Codes of the languages in which the main one will stand in."""
    written = set(campaign.copies.values_list("language", flat=True))
    return [code for code, _name in settings.LANGUAGES if code not in written]


def enrolment_by_code(code: str) -> Enrolment | None:
    """Whose code a person typed or followed, switched off or not."""
    return (
        Enrolment.objects.select_related("campaign__brand", "contact__details")
        .filter(code=code_normalise(code)[:64])
        .first()
    )


def share_url(enrolment: Enrolment, *, channel: str = "") -> str:
    query = f"?{urlencode({'c': channel})}" if channel else ""
    return f"{settings.SITE_URL}/r/{enrolment.code}{query}"


def enrolment_token(enrolment: Enrolment) -> str:
    """Recognises an advocate's own page; the same for ever, and good for nothing that is worth stealing."""
    return sign(ENROLMENT_TOKEN, enrolment.public_id, at=0)


def enrolment_of_token(token: str) -> Enrolment | None:
    public_id = unsign(ENROLMENT_TOKEN, token)
    return Enrolment.objects.select_related("campaign__brand", "contact").filter(public_id=public_id).first()


def advocate_url(enrolment: Enrolment) -> str:
    return f"{settings.SITE_URL}/a/{enrolment_token(enrolment)}/"


def unsubscribe_url(message_public_id: str) -> str:
    """The token names the mail, not the address: no address stands in a URL or a log."""
    return f"{settings.SITE_URL}/u/{sign(MAIL_TOKEN, message_public_id)}/"


def message_of_token(token: str) -> OutboundMessage | None:
    """The mail whose foot carried that token. Law wants it to work for good, so that it never runs out."""
    public_id = unsign(MAIL_TOKEN, token)
    return OutboundMessage.objects.select_related("contact").filter(public_id=public_id).first()


def is_mail_token(token: str) -> bool:
    return unsign(MAIL_TOKEN, token) is not None


def survey_url(invitation: SurveyInvitation) -> str:
    return f"{settings.SITE_URL}/survey/{sign(SURVEY_TOKEN, invitation.public_id, at=0)}/"


def invitation_of_token(token: str) -> SurveyInvitation | None:
    public_id = unsign(SURVEY_TOKEN, token)
    known = SurveyInvitation.objects.select_related("contact__merged_into", "answer", "survey")
    return known.filter(public_id=public_id).first() if public_id else None


def open_enrolment(contact: Contact, now: datetime) -> Enrolment | None:
    """The newest link of that person in a campaign that takes friends now."""
    mine = Enrolment.objects.select_related("campaign").filter(contact=contact, status=Enrolment.Status.ACTIVE)
    return next((one for one in mine.order_by("-enrolled_at", "-pk") if is_open(one.campaign, now)), None)


_company_lately: Lately[str, Company] = Lately(lambda _only: company())
_copies_lately: Lately[int, list[CampaignCopy]] = Lately(
    lambda campaign: list(CampaignCopy.objects.filter(campaign=campaign).order_by("version"))
)
