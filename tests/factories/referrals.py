"""Referrals come into being through their service, as everywhere: a row made by hand would have no event."""

from datetime import datetime
from typing import Any

from advocates.services.contacts import ContactFacts
from campaigns.models import Campaign, Enrolment
from campaigns.services.enrolments import enrolment_create
from referrals.models import Referral
from referrals.services.referrals import referral_submit
from tests.cast import BEN, LENA, Person, contact_of


def enrolled(campaign: Campaign, *, now: datetime, person: Person = LENA) -> Enrolment:
    enrolment, _is_new = enrolment_create(campaign=campaign, contact=contact_of(person), now=now)
    return enrolment


def referred(enrolment: Enrolment, *, now: datetime, person: Person = BEN, **entry: Any) -> Referral:
    """That person, recommended over that link."""
    friend = ContactFacts(email=person.email, name=person.name)
    values = {"source": "shop", "method": Referral.Method.CODE, **entry}
    return referral_submit(enrolment=enrolment, friend=friend, now=now, **values)
