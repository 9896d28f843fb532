"""A quarter of money, from the first friend to the closing balance, through the services that people's doors call.

Ten advocates bring ten friends each: five in October, five in November. Each friend who buys brings their advocate
10 EUR, a quarter more from the silver tier on, and 1 EUR to a good cause: two hundred rewards. One sale goes away
before it is paid for and one afterwards, one payment comes back, and the good cause is sent what was given to it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from advocates.models import User
from campaigns.models import Campaign, Enrolment
from config.lib.money import Money
from referrals.models import ReferralEvent
from referrals.services.events import refund_record
from rewards.ledger.check import ledger_problems
from rewards.ledger.journal import liability, month_lines
from rewards.ledger.statements import person_statement
from rewards.models import Charity, Payout, PayoutRun, Reward
from rewards.services.causes import charity_save, donation_note
from rewards.services.evaluation import rewards_evaluate
from rewards.services.payouts import (
    payout_return,
    payout_run_approve,
    payout_run_export,
    payout_run_prepare,
    payout_run_settle,
)
from rewards.services.tiers import tier_save
from tests.cast import Person
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import account_given
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("company")]

DAY = timedelta(days=1)
OCTOBER, NOVEMBER, DECEMBER, JANUARY = (
    datetime(year, month, 1, tzinfo=UTC) for year, month in ((2026, 10), (2026, 11), (2026, 12), (2027, 1))
)
IBANS = (
    "DE89370400440532013000",
    "NL91ABNA0417164300",
    "FR1420041010050500013M02606",
    "BE68539007547034",
    "AT611904300234573201",
    "ES9121000418450200051332",
    "IT60X0542811101000000123456",
    "PT50000201231234567890154",
    "FI2112345600000785",
    "IE29AIBK93115212345678",
)


def test_a_quarter_to_the_cent(tom: User, ada: User) -> None:
    campaign, rivers = the_campaign(ada)
    advocates = [an_advocate(campaign, number) for number in range(10)]
    _first, second, third = advocates[:3]

    in_october = friends_buy(advocates, range(5), now=OCTOBER + 4 * DAY)
    sale_goes_away(in_october[0], now=OCTOBER + 10 * DAY)
    run = prepared_and_exported(tom, ada, now=OCTOBER + 29 * DAY)
    assert run.total == 49_000, "fifty friends, one of whom went away before"

    payout_run_settle(run=run, actor=tom, now=NOVEMBER + DAY)
    payment_comes_back(second, actor=tom, now=NOVEMBER + 4 * DAY)
    sale_goes_away(in_october[2], now=NOVEMBER + 5 * DAY)
    assert person_statement(third.contact.public_id, "EUR").closing == -1_000, "paid for a friend who is none"

    friends_buy(advocates, range(5, 10), now=NOVEMBER + 9 * DAY)
    run = prepared_and_exported(tom, ada, now=NOVEMBER + 27 * DAY)
    assert [run.payouts.get(contact=one.contact).amount for one in advocates] == [
        6_000,  # their sixth friend was the fifth who stands, and paid at bronze
        11_250,  # what had come back, and November
        5_000,  # 60 EUR, of which the first 10 met what was to be given back
        *[6_250] * 7,  # five friends at silver
    ]
    assert run.total == 66_000
    payout_run_settle(run=run, actor=tom, now=DECEMBER)

    donation_note(charity=rivers, money=Money(9_800, "EUR"), proof="T-2026-12", actor=tom, now=DECEMBER + 14 * DAY)
    assert Reward.objects.count() == 200
    assert ledger_problems() == []
    the_books_of_each_month()
    what_was_owed_in_between()


# --- the quarter ------------------------------------------------------------------------------------------------------


def the_campaign(ada: User) -> tuple[Campaign, Charity]:
    campaign = campaign_made(currency="EUR")
    for key, since, times in (("bronze", 0, 10_000), ("silver", 5, 12_500)):
        tier_save(campaign=campaign, key=key, name=key.title(), from_confirmed=since, multiplier=times, actor=None)
    rivers = Charity(
        key="rivers",
        name="Clean Rivers",
        description="Takes plastic out of rivers.",
        country="DE",
        registration_number="VR 1234",
        review_date=date(2027, 10, 1),
    )
    charity_save(charity=rivers, actor=ada, now=OCTOBER)
    cash = {"key": "cash", "benefit": "cash", "calculator": "tier_multiplier", "amounts": {"EUR": 1_000}}
    rule_of(campaign, now=OCTOBER, **cash)
    gift = {"key": "gift", "recipient": "charity", "benefit": "donation", "amounts": {"EUR": 100}}
    rule_of(campaign, now=OCTOBER, **gift, benefit_settings={"charity": "rivers"})
    return campaign, rivers


def an_advocate(campaign: Campaign, number: int) -> Enrolment:
    person = Person(f"Advocate {number}", f"advocate-{number}@mail.example", external_id=f"A-{number}")
    enrolment = enrolled(campaign, now=OCTOBER, person=person)
    account_given(enrolment.contact, IBANS[number], now=OCTOBER)
    return enrolment


def friends_buy(advocates: Sequence[Enrolment], numbers: range, *, now: datetime) -> list[ReferralEvent]:
    """One after the other; the first purchase of each advocate's friends, in the order of the advocates."""
    firsts = []
    for place, advocate in enumerate(advocates):
        sales = []
        for number in numbers:
            person = Person(f"Friend {place}-{number}", f"friend-{place}-{number}@mail.example")
            referral = referred(advocate, now=now, person=person)
            sales.append(won(referral, now=now + timedelta(minutes=1), deal=Money(20_000, "EUR")))
        firsts.append(sales[0])
    return firsts


def sale_goes_away(sale: ReferralEvent, *, now: datetime) -> None:
    event_id = f"back-{sale.public_id}"
    refund_record(source=sale.source, event_id=event_id, refunds=sale.event_id, amount=None, reason="", now=now)
    rewards_evaluate(now)


def prepared_and_exported(tom: User, ada: User, *, now: datetime) -> PayoutRun:
    run = payout_run_prepare(unit="EUR", actor=tom, now=now)
    payout_run_approve(run=run, actor=ada, now=now)
    payout_run_export(run=run, actor=tom, now=now)
    return run


def payment_comes_back(advocate: Enrolment, *, actor: User, now: datetime) -> None:
    [payout] = Payout.objects.filter(contact=advocate.contact)
    payout_return(payout=payout, actor=actor, reason="The account was closed.", now=now)
    account_given(advocate.contact, "DE02120300000000202051", now=now)


# --- what the books say -----------------------------------------------------------------------------------------------


def the_books_of_each_month() -> None:
    """Opening balance, what moved, closing balance; each month begins where the one before it ended."""
    months = [by_kind(OCTOBER, NOVEMBER), by_kind(NOVEMBER, DECEMBER), by_kind(DECEMBER, JANUARY)]
    assert [{kind: closing for kind, (_opening, closing) in month.items() if closing} for month in months] == [
        {"funding": -53_900, "in_transit": 49_000, "donated": 4_900},
        {"funding": -119_800, "in_transit": 66_000, "paid": 44_000, "donated": 9_800},
        {"funding": -119_800, "paid": 119_800},
    ]
    for before, after in pairwise(months):
        assert {kind: closing for kind, (_opening, closing) in before.items()} == {
            kind: opening for kind, (opening, _closing) in after.items() if kind in before
        }


def by_kind(since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    lines = month_lines(since, until)
    assert all(line.is_proven for line in lines)
    assert sum(line.closing for line in lines) == 0
    return {line.kind: (line.opening, line.closing) for line in lines if line.unit == "EUR"}


def what_was_owed_in_between() -> None:
    assert liability(OCTOBER) == {}
    assert liability(OCTOBER + 20 * DAY) == {"EUR": {"owed": 49_000}}
    assert liability(NOVEMBER + 6 * DAY) == {"EUR": {"owed": 5_000, "receivable": -1_000}}
    assert liability(JANUARY) == {}
