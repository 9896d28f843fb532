"""The stage that the trials share: a company, somebody who recommends it, and friends by number."""

from datetime import datetime
from typing import Any

from campaigns.models import Campaign, Company, Enrolment
from referrals.models import Referral
from tests.cast import Person
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred


def company_made() -> Company:
    facts = {
        "name": "Fernway Coffee",
        "postal_address": "Fernway Coffee\n12 Harbour Street\nBristol BS1 4QA",
        "reply_to": "hello@fernway.example",
        "currency": "USD",
        "debit_account_name": "Fernway Coffee",
        "debit_account_iban": "DE89370400440532013000",
    }
    company, _created = Company.objects.update_or_create(singleton=True, defaults=facts)
    return company


def advocate_made(*, now: datetime, **facts: Any) -> Enrolment:
    """Lena, enrolled in an open campaign."""
    company_made()
    campaign: Campaign = campaign_made(**facts)
    return enrolled(campaign, now=now)


def friends_referred(enrolment: Enrolment, count: int, *, now: datetime) -> list[Referral]:
    return [referred(enrolment, now=now, person=friend(number)) for number in range(count)]


def friend(number: int) -> Person:
    return Person(f"Friend {number}", f"friend-{number}@mail.example", external_id=f"F-{number}")
