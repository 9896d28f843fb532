"""What finance sees and presses. The console goes through the services; here it is the doors that are tried."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from advocates.models import Contact, User
from rewards.models import PayoutRun, Reward
from rewards.services.payouts import payout_run_approve, payout_run_export, payout_run_prepare
from tests.cast import LENA, OMAR, contact_of
from tests.factories.payouts import account_given, approved_cash, owes_back

pytestmark = pytest.mark.usefixtures("company")

PREPARE = "/admin/rewards/payoutrun/prepare/"
RUNS = "/admin/rewards/payoutrun/"


def may(user: User, *codenames: str) -> User:
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="rewards", codename__in=codenames))
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lena(db: None, now: datetime) -> Contact:
    contact = contact_of(LENA)
    account_given(contact, now=now)
    return contact


@pytest.fixture
def finance(tom: User) -> User:
    """Tom, where the company lets him prepare and note what came of it, and not approve."""
    tom.groups.clear()
    return may(tom, "view_payoutrun", "view_payout", "view_payoutmethod", "prepare_payouts")


@pytest.fixture
def approver(ada: User) -> User:
    return may(ada, "view_payoutrun", "view_payout", "prepare_payouts", "approve_payouts")


def page(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def do(client: Client, row: Any, verb: str, **data: str) -> str:
    """Press a verb's button and read the page that follows."""
    url = reverse(f"admin:rewards_{row._meta.model_name}_verb", args=[row.pk, verb])
    return page(client.post(url, data, follow=True))


def test_the_page_shows_who_would_be_paid_and_who_is_left_out_and_why(
    lena: Contact, finance: User, now: datetime
) -> None:
    approved_cash(lena, 2_500, now=now)
    owes_back(lena, 1_000, now=now)
    approved_cash(contact_of(OMAR), 900, now=now)
    approved_cash(lena, 4_000, "USD", now=now)

    euros = page(browser(finance).get(PREPARE, {"unit": "EUR"}))

    assert "Lena Vogt" in euros
    assert "€15.00" in euros
    assert "€10.00" in euros
    assert "Omar Diallo" in euros
    assert "has not said yet where to pay" in euros
    assert "DE •••• 3000" in euros
    assert "?unit=USD" in euros
    assert not PayoutRun.objects.exists()


def test_a_run_goes_the_whole_way_through_the_console(
    lena: Contact, finance: User, approver: User, now: datetime
) -> None:
    reward = approved_cash(lena, 2_500, now=now)
    first, second = browser(finance), browser(approver)

    prepared = page(first.post(PREPARE, {"unit": "EUR"}, follow=True))
    assert "Prepared: €25.00 for 1 person." in prepared
    assert f"{finance.name} prepared it, so somebody else has to approve it." in prepared

    run = PayoutRun.objects.get()
    assert "Approved" in do(second, run, "approve")
    assert "The file is ready" in do(second, run, "export")

    file = second.post(reverse("admin:rewards_payoutrun_file", args=[run.pk]))
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == f'attachment; filename="payout-{run.public_id}.csv"'
    assert b"DE89370400440532013000,25.00,EUR" in file.content

    assert "Settled" in do(first, run, "settle")
    payout = run.payouts.get()
    back = do(first, payout, "returned", reason="Account closed")
    assert "stands in the next run" in back
    assert "Account closed" in back
    reward.refresh_from_db()
    assert reward.status == Reward.Status.APPROVED


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        ("approve", "€25.00 go to 1 person."),
        ("cancel", "The €25.00 for 1 person stay approved"),
    ],
)
def test_each_verb_says_first_how_much_money_goes_to_how_many(
    lena: Contact, approver: User, tom: User, now: datetime, verb: str, sentence: str
) -> None:
    approved_cash(lena, 2_500, now=now)
    run = payout_run_prepare(unit="EUR", actor=tom, now=now)
    asked = page(browser(approver).get(reverse("admin:rewards_payoutrun_verb", args=[run.pk, verb])))
    assert sentence in asked
    run.refresh_from_db()
    assert run.status == PayoutRun.Status.DRAFT


def test_who_prepared_a_run_is_told_why_they_cannot_approve_it(lena: Contact, approver: User, now: datetime) -> None:
    approved_cash(lena, 2_500, now=now)
    run = payout_run_prepare(unit="EUR", actor=approver, now=now)
    assert "A second person has to approve it." in do(browser(approver), run, "approve")
    run.refresh_from_db()
    assert run.status == PayoutRun.Status.DRAFT


@pytest.mark.parametrize("verb", ["approve", "export"])
def test_who_may_only_prepare_can_neither_approve_nor_export(
    lena: Contact, finance: User, ada: User, now: datetime, verb: str
) -> None:
    approved_cash(lena, 2_500, now=now)
    run = payout_run_prepare(unit="EUR", actor=ada, now=now)
    url = reverse("admin:rewards_payoutrun_verb", args=[run.pk, verb])
    assert browser(finance).post(url).status_code == 403


def test_the_file_is_only_for_who_approves_and_only_by_a_button(
    lena: Contact, finance: User, approver: User, now: datetime
) -> None:
    approved_cash(lena, 2_500, now=now)
    run = payout_run_prepare(unit="EUR", actor=finance, now=now)
    url = reverse("admin:rewards_payoutrun_file", args=[run.pk])
    assert browser(approver).post(url).status_code == 403  # nothing has been exported yet
    payout_run_approve(run=run, actor=approver, now=now)
    payout_run_export(run=run, actor=approver, now=now)
    assert browser(finance).post(url).status_code == 403
    assert browser(approver).get(url).status_code == 405
    assert browser(approver).post(url).status_code == 200


def test_who_may_only_look_prepares_nothing(lena: Contact, sam: User, now: datetime) -> None:
    approved_cash(lena, 2_500, now=now)
    client = browser(may(sam, "view_payoutrun"))
    assert client.get(PREPARE).status_code == 403
    assert client.post(PREPARE, {"unit": "EUR"}).status_code == 403
    assert "Prepare a payout run" not in page(client.get(RUNS))
    assert not PayoutRun.objects.exists()


@pytest.mark.parametrize("unit", ["", "XXX", "eur", "EUR' OR 1=1", "\0", "x" * 10_000])
def test_a_currency_that_nobody_is_due_is_no_error(lena: Contact, finance: User, now: datetime, unit: str) -> None:
    approved_cash(lena, 2_500, now=now)
    client = browser(finance)
    assert "€25.00" in page(client.get(PREPARE, {"unit": unit}))
    assert "Nobody can be paid in that currency" in page(client.post(PREPARE, {"unit": unit}, follow=True))
    assert not PayoutRun.objects.exists()


def test_with_nobody_to_pay_the_page_says_so(finance: User) -> None:
    assert "Nobody waits for money" in page(browser(finance).get(PREPARE))


def test_the_lists_tell_money_people_and_status_in_words(
    lena: Contact, finance: User, approver: User, now: datetime
) -> None:
    approved_cash(lena, 2_500, now=now)
    payout_run_prepare(unit="EUR", actor=finance, now=now)
    client = browser(finance)
    runs = page(client.get(RUNS))
    assert "€25.00" in runs
    assert "Draft" in runs
    assert "Lena Vogt" in page(client.get("/admin/rewards/payout/"))


def test_an_account_is_shown_masked_and_cannot_be_changed(lena: Contact, finance: User, now: datetime) -> None:
    method = lena.payout_methods.get()
    client = browser(finance)
    url = reverse("admin:rewards_payoutmethod_change", args=[method.pk])
    shown = page(client.get(url))
    assert "DE •••• 3000" in shown
    assert method.sealed not in shown
    assert method.fingerprint not in shown
    assert client.post(url, {"masked": "x"}).status_code == 403
