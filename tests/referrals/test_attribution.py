from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Campaign
from referrals.cookies import Touch
from referrals.models import Referral
from referrals.services.attribution import credit_choose

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
WINDOW = timedelta(days=90)
FIRST, LAST = Campaign.Touch.FIRST, Campaign.Touch.LAST


def touch(code: str, *, first_days_ago: float, last_days_ago: float | None = None) -> Touch:
    last = first_days_ago if last_days_ago is None else last_days_ago
    return Touch(code, "whatsapp", NOW - timedelta(days=first_days_ago), NOW - timedelta(days=last))


@pytest.mark.parametrize(
    ("named", "touches", "rule", "expected"),
    [
        ("", [], LAST, None),
        ("LENA", [], LAST, ("LENA", Referral.Method.CODE)),
        ("LENA", [touch("OMAR", first_days_ago=1)], LAST, ("LENA", Referral.Method.CODE)),
        ("LENA", [touch("OMAR", first_days_ago=1)], FIRST, ("LENA", Referral.Method.CODE)),
        ("", [touch("OMAR", first_days_ago=1)], LAST, ("OMAR", Referral.Method.COOKIE)),
        (
            "",
            [touch("LENA", first_days_ago=9), touch("OMAR", first_days_ago=3)],
            LAST,
            ("OMAR", Referral.Method.COOKIE),
        ),
        (
            "",
            [touch("LENA", first_days_ago=9), touch("OMAR", first_days_ago=3)],
            FIRST,
            ("LENA", Referral.Method.COOKIE),
        ),
        (
            "",
            [touch("LENA", first_days_ago=9, last_days_ago=1), touch("OMAR", first_days_ago=3)],
            LAST,
            ("LENA", Referral.Method.COOKIE),
        ),
        ("", [touch("LENA", first_days_ago=90)], LAST, ("LENA", Referral.Method.COOKIE)),
        ("", [touch("LENA", first_days_ago=90.00002)], LAST, None),
        (
            "",
            [touch("LENA", first_days_ago=200, last_days_ago=91), touch("OMAR", first_days_ago=3)],
            FIRST,
            ("OMAR", Referral.Method.COOKIE),
        ),
    ],
    ids=[
        "nobody recommended",
        "a code is enough",
        "a code outranks a link followed yesterday",
        "also where the first link counts",
        "a link followed yesterday",
        "the last link wins",
        "the first link wins where the campaign says so",
        "coming back to a link makes it the last",
        "the window ends to the second",
        "a second later it is over",
        "a link outside the window is not the first",
    ],
)
def test_who_gets_the_credit(named, touches, rule, expected):
    credit = credit_choose(named=named, touches=touches, rule=rule, window=WINDOW, now=NOW)

    assert (credit and (credit.code, credit.method)) == expected


def test_a_link_brings_its_channel_and_its_moment():
    credit = credit_choose(
        named="", touches=[touch("LENA", first_days_ago=9, last_days_ago=2)], rule=LAST, window=WINDOW, now=NOW
    )

    assert credit is not None
    assert (credit.channel, credit.since) == ("whatsapp", NOW - timedelta(days=2))
