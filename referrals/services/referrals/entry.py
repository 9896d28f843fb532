"""A referral comes into being here, whichever door it came through. The database judges who was first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from advocates.locks import contacts_held
from advocates.models import Consent, Contact, User
from advocates.services.consents import consent_record
from advocates.standing import standing
from campaigns.errors import CampaignNotOpen
from campaigns.models import Enrolment
from campaigns.selectors import copy_for, is_open
from config.lib.insert_once import insert_once
from referrals.errors import AlreadyReferred, EventIdReused, ExistingCustomer, LinkOff, SelfReferral
from referrals.known import is_known_customer
from referrals.models import Referral, ReferralEvent
from referrals.selectors import first_answer_due
from referrals.services.attribution import Decision
from referrals.services.checks import referral_check
from referrals.services.decisions import decision_write
from referrals.services.facts import fact_record

# Shops that know the day of a sale but not the hour, and friends who buy before they fill in the form.
BEFORE_THE_REFERRAL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FriendConsent:
    """That we may write to the friend, or phone them: for which channels, by which text, said when and where."""

    source: str
    given_at: datetime
    basis: str = Consent.Basis.OPT_IN
    channels: tuple[str, ...] = (Consent.Channel.EMAIL,)
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything about a new referral but the friend. `evidence`: hashes and moments that speak for the method.

    `came_at`: when a link was followed, or a code used, that speaks for the advocate; by default now.
    `is_code_at_sale`: who bought anything before that sale is a customer already. `decision`: how the enrolment was
    chosen where there was more than one piece of evidence.
    """

    enrolment: Enrolment
    source: str
    method: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""
    note: str = ""
    consent: FriendConsent | None = None
    language: str = ""
    entered_by: User | None = None
    event_id: str = ""
    came_at: datetime | None = None
    is_code_at_sale: bool = False
    decision: Decision | None = None

    def counts_from(self, now: datetime) -> datetime:
        """Since when what the friend does counts: their link, or a day before they came in."""
        if self.came_at is None:
            return now - BEFORE_THE_REFERRAL
        return (
            self.came_at - BEFORE_THE_REFERRAL if self.is_code_at_sale else min(self.came_at, now - BEFORE_THE_REFERRAL)
        )

    def new_at(self, now: datetime) -> datetime:
        """Who bought before this moment was a customer already."""
        return self.came_at if self.came_at and self.is_code_at_sale else self.counts_from(now)


def referral_enter(*, entry: Entry, friend: Contact, now: datetime) -> Referral:
    """The new referral with its event `claimed`, checked for fraud; no mail yet. For use inside a transaction.

    Raises CampaignNotOpen, LinkOff, SelfReferral, AlreadyReferred, ExistingCustomer and EventIdReused.
    """
    # What arrives about the friend at this moment sees the referral, or is seen by it.
    [friend] = contacts_held(ids=[friend.pk])
    _check_link(entry.enrolment, now)
    _check_friend(entry, friend, now)
    referral, is_new = insert_once(Referral, unique=["campaign", "friend"], **_values(entry, friend, now))
    if not is_new:
        raise _already(referral, entry.enrolment)
    _fact, is_first = fact_record(
        source=entry.source,
        event_id=entry.event_id,
        type=ReferralEvent.CLAIMED,
        contact=friend,
        referral=referral,
        campaign=referral.campaign,
        sequence=1,
        status_to=referral.status,
        actor=entry.entered_by,
        is_test=referral.is_test,
        metadata={"method": referral.method},
        now=now,
    )
    if not is_first:
        raise EventIdReused(_("This id was used for something else before."))
    if entry.consent:
        _record_consent(entry.consent, friend)
    decision_write(referral=referral, decision=entry.decision, actor=entry.entered_by, now=now)
    referral_check(referral=referral)
    return referral


def _check_link(enrolment: Enrolment, now: datetime) -> None:
    if not is_open(enrolment.campaign, now):
        raise CampaignNotOpen(_("This campaign takes nobody new at the moment."))
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise LinkOff(_("The link of this advocate is switched off."))


def _check_friend(entry: Entry, friend: Contact, now: datetime) -> None:
    """The sentences that people should read; what must not happen is held by constraints."""
    enrolment = entry.enrolment
    if standing(friend) == standing(enrolment.contact):
        raise SelfReferral(_("Nobody can recommend us to themselves."))
    earlier = Referral.objects.filter(campaign=enrolment.campaign_id, friend=friend).first()
    if earlier:
        raise _already(earlier, enrolment)
    if is_known_customer(friend, enrolment.campaign, before=entry.new_at(now)):
        raise ExistingCustomer(_("This person is a customer already; the campaign is for people who are new."))


def _already(earlier: Referral, enrolment: Enrolment) -> AlreadyReferred:
    own = {"referral": earlier.public_id} if earlier.enrolment_id == enrolment.pk else {}
    return AlreadyReferred(_("This person has been recommended in this campaign before."), **own)


def _values(entry: Entry, friend: Contact, now: datetime) -> dict[str, Any]:
    enrolment, campaign = entry.enrolment, entry.enrolment.campaign
    language = entry.language or friend.language or campaign.main_language
    return {
        "campaign": campaign,
        "enrolment": enrolment,
        # A second code of somebody who was merged counts for who they are now.
        "advocate": standing(enrolment.contact),
        "friend": friend,
        "owner": campaign.default_owner,
        "method": entry.method,
        "evidence": dict(entry.evidence),
        "channel": entry.channel,
        "source": entry.source,
        "note": entry.note,
        "language": language,
        "terms_seen": copy_for(campaign, language),
        "entered_by": entry.entered_by,
        "submitted_at": now,
        "first_answer_due_at": first_answer_due(campaign, since=now),
        "counts_from": entry.counts_from(now),
        "credit_until": now + timedelta(days=campaign.credit_window_days),
        "is_test": campaign.is_test or enrolment.is_test or friend.is_test,
    }


def _record_consent(consent: FriendConsent, friend: Contact) -> None:
    for channel in consent.channels:
        consent_record(
            contact=friend,
            channel=channel,
            basis=consent.basis,
            source=consent.source,
            given_at=consent.given_at,
            text_version=consent.text_version,
        )
