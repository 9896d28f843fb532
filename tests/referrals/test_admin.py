import pytest
from django.test import Client
from django.urls import reverse

from advocates.models import Consent
from config.lib import clock
from referrals.models import EarlyRefund, Referral
from referrals.services.referrals import FriendConsent
from tests.cast import BEN, LENA, NOOR
from tests.factories.referrals import referred

pytestmark = pytest.mark.django_db
LIST = "/admin/referrals/referral/"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def sales(client: Client, maya) -> Client:
    from django.contrib.auth.models import Permission

    maya.user_permissions.set(Permission.objects.filter(content_type__app_label="referrals"))
    client.force_login(maya)
    return client


def page_of(referral: Referral) -> str:
    return reverse("admin:referrals_referral_change", args=[referral.pk])


def do(client: Client, referral: Referral, verb: str, **answers: str) -> str:
    return client.post(f"{LIST}{referral.pk}/do/{verb}/", answers, follow=True).content.decode()


def test_the_list_shows_who_waits(sales, ben):
    page = sales.get(LIST).content.decode()

    assert BEN.name in page
    assert LENA.name in page


def test_a_late_answer_is_marked(sales, ben, now):
    Referral.objects.update(first_answer_due_at=now.replace(year=2020))

    assert "late by" in sales.get(f"{LIST}?answer=late").content.decode()
    assert BEN.name in sales.get(f"{LIST}?answer=waiting").content.decode()


def test_the_list_is_filtered_and_searched(sales, ben, link, now):
    referred(link, now=now, person=NOOR)
    Referral.objects.filter(pk=ben.pk).update(status="contacted")

    assert NOOR.name not in sales.get(f"{LIST}?status__exact=contacted").content.decode()
    assert BEN.name not in sales.get(f"{LIST}?q=noor@mail.example").content.decode()


def test_the_list_asks_few_questions(sales, link, now, django_assert_max_num_queries):
    for person in (BEN, NOOR):
        referred(link, now=now, person=person)
    sales.get(LIST)

    with django_assert_max_num_queries(25):
        sales.get(LIST)


def test_the_page_tells_the_story_and_what_is_allowed(sales, link, now):
    consent = FriendConsent(source="console", given_at=now, basis=Consent.Basis.BY_PHONE)
    referral = referred(link, now=now, consent=consent)

    page = sales.get(page_of(referral)).content.decode()

    assert "Came in" in page
    assert "said so on the phone" in page
    assert "May be phoned" in page
    assert "I got in touch" in page


def test_from_the_list_to_won(sales, ben):
    assert "in touch with" in do(sales, ben, "contacted", reason="")
    do(sales, ben, "qualified", reason="")
    do(sales, ben, "won", amount="1200.50", currency="USD")

    ben.refresh_from_db()
    assert (ben.status, ben.deal_amount, ben.deal_unit) == ("converted", 120_050, "USD")
    assert "120,050" not in sales.get(page_of(ben)).content.decode()


@pytest.mark.parametrize(
    "answers",
    [
        {"amount": "0.001", "currency": "USD"},
        {"amount": "1.5", "currency": "JPY"},
        {"amount": "-1", "currency": "USD"},
        {"amount": "1", "currency": "XXX"},
        {"amount": "99999999999999", "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
    ],
)
def test_a_deal_that_cannot_be_is_refused(sales, ben, answers):
    do(sales, ben, "won", **answers)

    ben.refresh_from_db()
    assert ben.status == "submitted"


def test_lost_needs_a_reason_and_is_taken_back(sales, ben):
    do(sales, ben, "lost", reason="")
    ben.refresh_from_db()
    assert ben.status == "submitted"

    do(sales, ben, "lost", reason="Budget")
    do(sales, ben, "take-back", reason="They called")

    ben.refresh_from_db()
    assert ben.status == "submitted"


def test_who_may_only_look_can_do_nothing(client, ben, sam):
    from django.contrib.auth.models import Permission

    sam.user_permissions.set(Permission.objects.filter(codename="view_referral"))
    client.force_login(sam)

    assert client.post(f"{LIST}{ben.pk}/do/contacted/", {"reason": ""}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    ben.refresh_from_db()
    assert ben.status == "submitted"


def test_a_referral_heard_by_phone(sales, link):
    answers = {
        "campaign": str(link.campaign_id),
        "advocate": link.code,
        "name": NOOR.name,
        "email": NOOR.email,
        "basis": "given_to_advocate",
        "note": "Runs a café",
    }
    answer = sales.post(f"{LIST}add/", answers)

    referral = Referral.objects.get()
    assert answer.url == page_of(referral)
    assert (referral.method, str(referral.entered_by)) == ("staff", "Maya Okafor")
    assert referral.friend.consents.get().basis == "given_to_advocate"


def test_what_stands_against_it_is_said_on_the_form(sales, link, ben):
    answers = {"campaign": str(link.campaign_id), "advocate": link.code, "name": BEN.name, "email": BEN.email}

    page = sales.post(f"{LIST}add/", answers).content.decode()

    assert "has been recommended in this campaign before" in page


def test_events_and_visits_are_only_looked_at(sales, ben):
    assert sales.get("/admin/referrals/referralevent/").status_code == 200
    assert sales.get("/admin/referrals/visit/").status_code == 200
    assert sales.get("/admin/referrals/referralevent/add/").status_code == 403
    assert sales.get(f"/admin/referrals/referralevent/{ben.events.get().pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        ("", "waits"),
        ("no_sale", "no sale followed"),
        ("refund_too_large", "more than was left of the sale"),
        ("currency_mismatch", "another currency than the sale"),
        ("event_id_reused", "its id stands for something else"),
    ],
)
def test_a_refund_before_its_sale_stands_in_the_menu_and_says_why_it_failed(sales, now, refused: str, words: str):
    early = EarlyRefund.objects.create(
        source="shop",
        event_id="r-1",
        refunds="o-1",
        recorded_at=now,
        refused=refused,
        settled_at=now if refused else None,
    )
    there = reverse("admin:referrals_earlyrefund_changelist")
    assert f'href="{there}"' in sales.get(LIST).content.decode()
    for where in (there, reverse("admin:referrals_earlyrefund_change", args=[early.pk])):
        page = sales.get(where).content.decode()
        assert words in page
        assert "_large" not in page
