"""How many statements an event costs from the door to the answer: each is dearer than what the database does for it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from advocates.models import AuditEntry, Contact, Purchase
from campaigns.models import IdempotentAnswer, OutboundMessage
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from config.lib.lately import Lately
from referrals.models import Referral, ReferralEvent
from tests.cast import BEN, OMAR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db

AT_MOST = 5
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ")


@pytest.fixture
def post(client: Client, company: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Posts an event of somebody and says which statements it took. The process has served one before."""
    monkeypatch.setattr(Lately, "SECONDS", 3600.0)
    _key, secret = api_key_create(name="Shop", source="shop", scope="write", now=clock.now())

    def send(event_id: str, person: Any, **more: Any) -> list[str]:
        said: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if not sql.startswith(NOT_COUNTED):
                said.append(sql)
            return execute(sql, params, many, context)

        friend = {"email": person.email, "name": person.name}
        body = {"event_id": event_id, "type": "purchase", "friend": friend, "amount": 4_900, "currency": "USD"}
        headers = {"authorization": f"Bearer {secret}", "idempotency-key": event_id}
        with connection.execute_wrapper(note):
            answer = client.post("/api/v1/events", body | more, content_type="application/json", headers=headers)
        assert answer.status_code == 202, answer.content
        return said

    contact_of(OMAR)
    send("warm-up", OMAR)
    send("warm-up-2", OMAR)
    return send


@pytest.mark.postgres
def test_a_conversion_is_recorded_in_five_statements_with_all_that_follows_from_it(post: Any) -> None:
    link = enrolled(campaign_made(conversion_events=["purchase"]), now=clock.now())
    referral = referred(link, now=clock.now())
    mails = OutboundMessage.objects.count()
    post("warm-up-3", OMAR)
    first = post("order-1", BEN)
    # The first one reads company, texts and the words of two mails, which the process then remembers.
    assert len(first) <= AT_MOST + 4
    later = post("order-2", BEN)
    assert len(later) <= AT_MOST, later

    won = Referral.objects.get(pk=referral.pk)
    assert (won.status, won.is_confirmed, won.deal_amount) == ("converted", True, 4_900)
    assert list(ReferralEvent.objects.filter(referral=won, type="purchase").values_list("sequence", flat=True)) == [
        1,
        2,
    ]
    assert Purchase.objects.filter(contact=won.friend).count() == 2
    friend = Contact.objects.get(pk=won.friend_id)
    assert (friend.purchases_count, friend.lifetime_amount) == (2, 9_800)
    assert AuditEntry.objects.filter(verb="referral_won").count() == 1
    assert OutboundMessage.objects.count() == mails + 2
    assert IdempotentAnswer.objects.filter(key__startswith="order-").count() == 2


@pytest.mark.postgres
def test_a_second_friends_conversion_and_a_new_name_are_no_dearer(post: Any) -> None:
    link = enrolled(campaign_made(conversion_events=["purchase"]), now=clock.now())
    referred(link, now=clock.now())
    post("order-1", BEN)
    referred(link, now=clock.now(), person=OMAR)
    told = post("order-2", OMAR, friend={"email": OMAR.email, "name": "Omar the Great", "country": "DE"})
    assert len(told) <= AT_MOST, told
    assert Referral.objects.filter(is_confirmed=True).count() == 2
    assert ReferralEvent.objects.get(event_id="order-2").confirmed_count == 2
    assert Contact.objects.get(keys__value=OMAR.email).details.name == "Omar the Great"


@pytest.mark.postgres
def test_an_event_of_somebody_without_a_referral_takes_five_at_most(post: Any) -> None:
    told = post("order-1", OMAR)
    assert len(told) <= AT_MOST, told
    assert ReferralEvent.objects.get(event_id="order-1").referral is None
