"""What is written for the one who goes at the very moment of a merge, and what of the two stands only once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from advocates.admin.circle_page import suggestions_page
from advocates.facts import ContactFacts
from advocates.models import (
    AuditEntry,
    CircleChoice,
    CircleLevel,
    CircleSuggestion,
    Consent,
    Contact,
    ContactMerge,
    CustomerScore,
    Moment,
    NpsAnswer,
    Purchase,
    User,
)
from advocates.selectors import open_complaint
from advocates.services.consents import consent_record
from advocates.services.contacts import contact_upsert
from advocates.services.late_rows import merges_settle
from advocates.services.merging import contacts_merge, merge_undo
from advocates.services.nps import nps_record
from advocates.services.purchases import purchase_record
from campaigns.models import OutboundMessage
from campaigns.services.asks import inner_circle
from campaigns.services.enrolments import enrolment_create
from config.lib.money import Money
from tests.advocates.test_merging import everything
from tests.cast import LENA, OMAR, contact_of
from tests.factories.campaigns import campaign_made

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(now: datetime) -> Contact:
    return contact_of(LENA)


@pytest.fixture
def twin(now: datetime) -> Contact:
    facts = ContactFacts(email="lena@fernway-vogt.example", name="L. Vogt")
    return contact_upsert(facts=facts, source="crm", now=now).contact


@pytest.fixture
def root(client: Client, company: object) -> User:
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


def merged(kept: Contact, gone: Contact, now: datetime) -> ContactMerge:
    return contacts_merge(kept=kept, gone=gone, actor=None, reason="", now=now)


def bought(contact: Contact, number: str, cents: int, at: datetime, unit: str = "EUR") -> Purchase:
    """With the contact as the caller knew it: nobody asks who that is by now."""
    purchase, _is_new = purchase_record(
        contact=contact, source="shop", external_id=number, occurred_at=at, money=Money(cents, unit)
    )
    return purchase


def fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def figures(contact: Contact) -> tuple[Any, ...]:
    return Contact.objects.values_list("purchases_count", "lifetime_amount", "customer_since").get(pk=contact.pk)


# --- rows that come late ---


def test_a_late_sale_goes_on_and_counts_for_the_one_who_stays(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now - timedelta(days=30))
    merged(lena, twin, now)
    late = bought(twin, "2", 500, now - timedelta(days=90))
    assert merges_settle(now) == {"merges": 1, "rows": 1}
    late.refresh_from_db()
    assert late.contact == lena
    assert figures(lena) == (2, 2_500, (now - timedelta(days=90)).date())


def test_settling_again_changes_nothing(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    bought(twin, "2", 500, now)
    merges_settle(now)
    before, merge = everything(), ContactMerge.objects.values().get()
    assert merges_settle(now) == {"merges": 0, "rows": 0}
    assert (everything(), ContactMerge.objects.values().get()) == (before, merge)


def test_an_undo_gives_late_rows_back_as_well(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now - timedelta(days=30))
    bought(twin, "2", 700, now - timedelta(days=40))
    merge = merged(lena, twin, now)
    bought(twin, "3", 500, now - timedelta(days=90))
    merges_settle(now)
    assert figures(lena) == (3, 3_200, (now - timedelta(days=90)).date())
    merge_undo(merge=merge, actor=None, now=now)
    assert figures(lena) == (1, 2_000, (now - timedelta(days=30)).date())
    assert figures(twin) == (2, 1_200, (now - timedelta(days=90)).date())
    assert set(Purchase.objects.filter(contact=twin).values_list("external_id", flat=True)) == {"2", "3"}


def test_value_in_another_currency_comes_as_a_sale_without_value(lena: Contact, twin: Contact, now: datetime) -> None:
    bought(lena, "1", 2_000, now)
    merge = merged(lena, twin, now)
    bought(twin, "2", 500, now, "USD")
    merges_settle(now)
    assert figures(lena)[:2] == (2, 2_000)
    merge_undo(merge=merge, actor=None, now=now)
    assert figures(lena)[:2] == (1, 2_000)


def test_mails_consents_and_answers_go_on_too(company: object, lena: Contact, twin: Contact, now: datetime) -> None:
    merge = merged(lena, twin, now)
    consent_record(contact=twin, channel="phone", basis="by_phone", source="console", given_at=now)
    nps_record(
        contact=twin, score=3, via="api", source="shop", event_id="a1", occurred_at=now - timedelta(days=1), now=now
    )
    OutboundMessage.objects.create(contact=twin, **mail(now))
    merges_settle(now)
    for model in (Consent, NpsAnswer, OutboundMessage):
        assert model._base_manager.get().contact == lena
    assert fresh(lena).nps_score == 3
    merge_undo(merge=merge, actor=None, now=now)
    for model in (Consent, NpsAnswer, OutboundMessage):
        assert model._base_manager.get().contact == twin
    assert (fresh(lena).nps_score, fresh(twin).nps_score) == (None, 3)


def mail(now: datetime) -> dict[str, Any]:
    address = "lena@fernway-vogt.example"
    letter = {"dedupe_key": "late", "mail": "ask", "nature": "service", "language": "en", "subject": "x", "text": "x"}
    return letter | {"html": "x", "to_address": address, "from_address": address, "due_at": now}


def test_through_two_merges_a_row_comes_to_who_stands_now(lena: Contact, twin: Contact, now: datetime) -> None:
    omar = contact_of(OMAR)
    first = merged(lena, twin, now)
    second = merged(omar, lena, now)
    bought(twin, "2", 500, now)
    for _round in range(3):
        merges_settle(now)
    assert Purchase.objects.get().contact == omar
    assert figures(omar)[:2] == (1, 500)
    merge_undo(merge=second, actor=None, now=now)
    merge_undo(merge=first, actor=None, now=now)
    assert Purchase.objects.get().contact == twin
    assert [figures(contact)[:2] for contact in (omar, lena, twin)] == [(0, 0), (0, 0), (1, 500)]


def test_what_stays_on_purpose_is_not_tried_again(
    company: object, lena: Contact, twin: Contact, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advocates.services import late_rows

    campaign = campaign_made()
    for contact in (lena, twin):
        enrolment_create(campaign=campaign, contact=contact, now=now)
    merged(lena, twin, now)
    tried: list[int] = []

    def settle(pk: int, _names: Any, _now: datetime) -> int:
        tried.append(pk)
        return 0

    monkeypatch.setattr(late_rows, "_settle", settle)
    merges_settle(now)
    assert tried == []


def test_a_round_costs_the_same_however_many_were_merged(
    lena: Contact, twin: Contact, now: datetime, django_assert_max_num_queries: Any
) -> None:
    merged(lena, twin, now)
    for number in range(8):
        other = contact_upsert(facts=ContactFacts(email=f"lena{number}@mail.example"), source="crm", now=now).contact
        merged(lena, other, now)
    with django_assert_max_num_queries(40):
        merges_settle(now)


def test_what_was_put_right_by_hand_is_not_filled_again(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    lena.details.__class__.objects.filter(contact=lena).update(name="")
    bought(twin, "2", 500, now)
    merges_settle(now)
    lena.details.refresh_from_db()
    assert lena.details.name == ""


def test_of_somebody_forgotten_nothing_goes_on(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    bought(twin, "2", 500, now)
    Contact.objects.update(erased_at=now)
    assert merges_settle(now) == {"merges": 0, "rows": 0}


def test_the_trail_says_that_rows_went_on(lena: Contact, twin: Contact, now: datetime) -> None:
    merge = merged(lena, twin, now)
    bought(twin, "2", 500, now)
    merges_settle(now)
    entry = AuditEntry.objects.get(verb="contacts_merge_settled")
    assert entry.after == {"merge": merge.public_id, "gone": twin.public_id, "rows": {"advocates.purchase": 1}}


# --- the inner circle ---


def chosen(contact: Contact, actor: User, status: str, now: datetime, **columns: Any) -> CircleChoice:
    return CircleChoice.objects.create(contact=contact, status=status, chosen_by=actor, chosen_at=now, **columns)


def suggested(contact: Contact, now: datetime) -> CircleSuggestion:
    return CircleSuggestion.objects.create(
        contact=contact, live_key=contact.public_id, score=60, suggested_at=now, refreshed_at=now
    )


def test_of_two_members_one_is_in_the_circle_and_asked(
    lena: Contact, twin: Contact, now: datetime, root: User, client: Client
) -> None:
    level = CircleLevel.objects.create(name="Dinner", rank=71)
    for contact in (lena, twin):
        chosen(contact, root, "member", now, level=level)
    merge = merged(lena, twin, now)
    assert list(inner_circle()) == [lena]
    assert CircleChoice.objects.members().count() == 1
    page = client.get("/admin/advocates/circlechoice/?status__exact=member")
    assert [choice.contact for choice in page.context["cl"].result_list] == [lena]
    levels = client.get("/admin/advocates/circlelevel/").context["cl"].result_list
    assert [row.people for row in levels if row == level] == [1]
    merge_undo(merge=merge, actor=None, now=now)
    assert set(inner_circle()) == {lena, twin}


def test_of_two_put_off_one_is_looked_at_again(
    company: object, lena: Contact, twin: Contact, now: datetime, root: User, client: Client
) -> None:
    for contact in (lena, twin):
        chosen(contact, root, "later", now, remind_on=now.date() - timedelta(days=3))
    merged(lena, twin, now)
    assert [choice.contact for choice in CircleChoice.objects.due_again(on=now.date())] == [lena]
    today = client.get("/admin/").content.decode()
    assert today.count(f"/admin/advocates/contact/{twin.pk}/") == 0


def test_of_two_open_suggestions_one_is_counted_and_the_undo_opens_both(
    lena: Contact, twin: Contact, now: datetime, rf: Any, root: User
) -> None:
    for contact in (lena, twin):
        suggested(contact, now)
    merge = merged(lena, twin, now)
    assert [row.contact for row in CircleSuggestion.objects.open()] == [lena]
    request = rf.get("/")
    request.user = root
    assert suggestions_page(request, now)
    merge_undo(merge=merge, actor=None, now=now)
    assert {row.contact for row in CircleSuggestion.objects.open()} == {lena, twin}


def test_who_was_decided_about_is_not_suggested_by_the_other(
    lena: Contact, twin: Contact, now: datetime, ada: User
) -> None:
    chosen(lena, ada, "member", now)
    suggested(twin, now)
    merge = merged(lena, twin, now)
    assert not CircleSuggestion.objects.open().exists()
    merge_undo(merge=merge, actor=None, now=now)
    assert CircleSuggestion.objects.open().get().contact == twin


def test_the_decision_about_the_one_who_stays_decides_segments(
    lena: Contact, twin: Contact, now: datetime, ada: User
) -> None:
    from advocates.segments.standing import decided

    chosen(lena, ada, "dismissed", now)
    chosen(twin, ada, "member", now)
    merged(lena, twin, now)
    assert list(Contact.objects.living().filter(decided("member"))) == []
    assert list(Contact.objects.living().filter(decided("dismissed"))) == [lena]
    assert list(inner_circle()) == []


# --- scores ---


def scored(contact: Contact, now: datetime) -> None:
    CustomerScore.objects.create(contact=contact, recency=5, frequency=5, value=5, unit="EUR", scored_at=now)


def test_no_stale_score_is_shown_after_a_merge_its_undo_and_a_late_sale(
    lena: Contact, twin: Contact, now: datetime
) -> None:
    for contact in (lena, twin):
        scored(contact, now)
    merge = merged(lena, twin, now)
    assert not CustomerScore.objects.exists()
    scored(lena, now)
    bought(twin, "2", 500, now)
    merges_settle(now)
    assert not CustomerScore.objects.exists()
    scored(lena, now)
    merge_undo(merge=merge, actor=None, now=now)
    assert not CustomerScore.objects.exists()


def test_a_complaint_that_comes_late_is_one_about_who_they_are_now(lena: Contact, twin: Contact, now: datetime) -> None:
    merged(lena, twin, now)
    Moment.objects.create(contact=twin, kind="complaint", source="shop", event_id="m1", occurred_at=now)
    merges_settle(now)
    assert Moment.objects.get().contact == lena
    assert open_complaint(lena)
