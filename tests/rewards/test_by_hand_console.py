"""The doors: somebody asks, somebody else agrees; how the company deals with money stands on one page."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from advocates.models import AuditEntry, Contact, User
from campaigns.models import Campaign, Company
from config.roles import create_roles
from rewards.models import ByHand, MoneyPolicy, Reward
from tests.cast import LENA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import balances
from tests.factories.referrals import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ADD = "/admin/rewards/byhand/add/"


@pytest.fixture
def campaign(company: object, now: datetime) -> Campaign:
    Company.objects.update(currency="USD", four_eyes="above", four_eyes_amount=1_000)
    campaign = campaign_made()
    enrolled(campaign, now=now)
    return campaign


@pytest.fixture
def lena(campaign: Campaign) -> Contact:
    return contact_of(LENA)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(campaign: Campaign, contact: Contact, **typed: str) -> dict[str, str]:
    filled = {
        "kind": "grant",
        "contact": str(contact.pk),
        "campaign": str(campaign.pk),
        "benefit": "credit",
        "amount": "25.00",
        "reason": "Her friend came by phone",
    }
    return filled | typed


def test_one_asks_and_another_agrees(campaign: Campaign, lena: Contact, tom: User, ada: User) -> None:
    asking = browser(tom)
    assert asking.get(ADD, {"contact": lena.pk}).status_code == 200
    page = asking.post(ADD, form_of(campaign, lena), follow=True).content.decode()
    assert "A second person has to agree" in page
    assert "$25.00, account credit" in page
    change = ByHand.objects.get()
    agree = reverse("admin:rewards_byhand_verb", args=[change.pk, "agree"])
    assert "A second person has to agree" in asking.post(agree, follow=True).content.decode()
    assert balances(lena, "USD") == {}

    assert "It happens at once" in browser(ada).get(agree).content.decode()
    assert "Agreed, and done." in browser(ada).post(agree, follow=True).content.decode()
    assert balances(lena, "USD") == {"credit": 2_500}
    reward = Reward.objects.get()
    story = browser(ada).get(reverse("admin:rewards_reward_change", args=[reward.pk])).content.decode()
    assert "Given by a colleague." in story
    assert "Her friend came by phone" in story
    assert "by-hand" not in browser(ada).get(reverse("admin:rewards_rewardrule_changelist")).content.decode()
    assert browser(ada).get(reverse("admin:rewards_byhand_changelist")).status_code == 200


def test_little_is_done_at_once_and_what_is_refused_does_nothing(campaign: Campaign, lena: Contact, ada: User) -> None:
    console = browser(ada)
    page = console.post(ADD, form_of(campaign, lena, kind="credit_more", amount="5"), follow=True)
    assert "Done." in page.content.decode()
    assert balances(lena, "USD") == {"credit": 500}
    console.post(ADD, form_of(campaign, lena))
    waiting = ByHand.objects.get(status="waiting")
    refuse = reverse("admin:rewards_byhand_verb", args=[waiting.pk, "refuse"])
    console.post(refuse, {"reason": "Not this time"})
    assert (ByHand.objects.get(pk=waiting.pk).status, Reward.objects.count()) == ("refused", 0)


def test_what_cannot_be_is_said_beside_the_form(campaign: Campaign, lena: Contact, ada: User) -> None:
    console = browser(ada)
    said = {
        "Please write a number": {"amount": "x"},
        "This cannot be given by hand.": {"benefit": ""},
        "Say what exactly it is.": {"benefit": "service", "amount": "1"},
        "There is not as much to take away.": {"kind": "credit_less"},
    }
    said["Write a number, such as 20.00."] = said.pop("Please write a number")
    for sentence, typed in said.items():
        assert sentence in console.post(ADD, form_of(campaign, lena, **typed), follow=True).content.decode()
    assert not ByHand.objects.exists()


def test_support_asks_and_decides_nothing_and_sales_do_neither(
    campaign: Campaign, lena: Contact, sam: User, maya: User
) -> None:
    create_roles()
    assert browser(maya).get(ADD).status_code == 403
    asking = browser(sam)
    asking.post(ADD, form_of(campaign, lena))
    change = ByHand.objects.get()
    assert asking.post(reverse("admin:rewards_byhand_verb", args=[change.pk, "agree"])).status_code == 403
    assert Permission.objects.filter(codename="decide_by_hand", group__name="finance").exists()


def test_the_policy_is_one_page_and_says_money_as_people_do(company: object, ada: User) -> None:
    console = browser(ada)
    entry = reverse("admin:rewards_moneypolicy_changelist")
    assert console.get(entry).headers["Location"] == reverse("admin:rewards_moneypolicy_add")
    typed = {
        "minimums": "eur 10.00\r\nUSD 12.50",
        "resting_days": "3",
        "warn_days": "7",
        "debt_floor": "",
        "write_off_months": "",
        "account_paid": "4210",
    }
    console.post(reverse("admin:rewards_moneypolicy_add"), typed)
    policy = MoneyPolicy.objects.get()
    assert (policy.minimums, policy.warn_days) == ({"EUR": 1_000, "USD": 1_250}, 7)
    assert (policy.debt_floor, policy.accounts) == ({}, {"paid": "4210"})

    change = reverse("admin:rewards_moneypolicy_change", args=[policy.pk])
    assert console.get(entry).headers["Location"] == change
    page = console.get(change).content.decode()
    assert "EUR 10.00\nUSD 12.50" in page
    assert 'value="4210"' in page
    console.post(change, typed | {"debt_floor": "JPY 500.5"})
    console.post(change, typed | {"debt_floor": "MB 500"})
    assert MoneyPolicy.objects.get().debt_floor == {}
    console.post(change, typed | {"debt_floor": "USD 5", "account_paid": "4211"})
    assert MoneyPolicy.objects.get().debt_floor == {"USD": 500}
    trail = AuditEntry.objects.filter(model="rewards.moneypolicy").latest("pk")
    assert trail.after == {"accounts": {"paid": "4211"}, "debt_floor": {"USD": 500}}
