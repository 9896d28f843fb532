from datetime import timedelta

import pytest

from referrals.fraud.registry import FRAUD_RULES
from referrals.models import Referral
from tests.cast import BEN, LENA, NOOR, Person
from tests.factories.referrals import referred

pytestmark = pytest.mark.django_db


def signals(referral: Referral) -> dict[str, int]:
    return dict(referral.signals.values_list("rule", "points"))


def test_an_honest_friend_is_clear(ben):
    assert (signals(ben), ben.review) == ({}, "clear")


@pytest.mark.parametrize("address", ["ben@mailinator.com", "ben@any.mailinator.com"])
def test_a_throw_away_mailbox_waits_for_a_person(link, now, address):
    referral = referred(link, now=now, person=Person("Ben", address))

    assert (signals(referral), referral.review) == ({"disposable_address": 40}, "held")


def test_an_alias_of_the_advocate_waits_for_a_person(link, now):
    user, _at, host = LENA.email.partition("@")
    referral = referred(link, now=now, person=Person("Not Lena", f"{user}+friend@{host}"))

    assert (signals(referral), referral.review) == ({"alias_address": 67}, "held")


def test_two_friends_on_one_device_wait_for_a_person(link, now):
    referred(link, now=now, evidence={"visitor": "v1"})
    second = referred(link, now=now, person=NOOR, evidence={"visitor": "v1"})

    assert (signals(second), second.review) == ({"same_device": 40}, "held")


def test_one_connection_alone_is_an_office(link, now):
    referred(link, now=now, evidence={"address": "a", "agent": "x"})
    second = referred(link, now=now, person=NOOR, evidence={"address": "a", "agent": "y"})

    assert (signals(second), second.review) == ({"same_connection": 15}, "clear")


def test_one_connection_and_one_browser_wait_for_a_person(link, now):
    referred(link, now=now, evidence={"address": "a", "agent": "x"})
    second = referred(link, now=now, person=NOOR, evidence={"address": "a", "agent": "x"})

    assert second.review == "held"


def test_devices_of_other_advocates_friends_do_not_count(link, other_link, now):
    referred(other_link, now=now, evidence={"visitor": "v1"})

    assert referred(link, now=now, person=NOOR, evidence={"visitor": "v1"}).review == "clear"


def test_the_twenty_first_friend_of_a_day_waits_for_a_person(link, now):
    people = [Person(f"Friend {number}", f"friend{number}@mail.example") for number in range(21)]

    made = [referred(link, now=now + timedelta(minutes=20 * n), person=each) for n, each in enumerate(people)]

    assert [referral.review for referral in made[:20]] == ["clear"] * 20
    assert signals(made[20]) == {"velocity": 34}


def test_six_in_an_hour_are_noticed_but_not_held(link, now):
    people = [Person(f"Friend {number}", f"friend{number}@mail.example") for number in range(6)]

    last = [referred(link, now=now, person=each) for each in people][-1]

    assert (signals(last), last.review) == ({"velocity": 25}, "clear")


def test_each_rule_says_in_words_what_it_notices():
    assert all(str(rule.words).endswith(".") for rule in FRAUD_RULES)
    assert BEN.email not in "".join(str(rule.words) for rule in FRAUD_RULES)
