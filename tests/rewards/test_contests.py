"""A contest: entries from conversions and by the free way, a draw that anybody can repeat, and what is shown of it."""

import csv
import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from advocates.models import User
from campaigns.models import Campaign, OutboundMessage
from config.lib.states import NotAllowed
from referrals.models import ReferralEvent
from referrals.services.events import refund_record
from rewards.checks import contests_check
from rewards.contests import leaderboard, published
from rewards.errors import AlreadyEntered, BadContest, ContestClosed, TooEarly
from rewards.ledger.check import ledger_problems
from rewards.models import Contest, ContestEntry, Reward
from rewards.services.contest_entries import entry_add_free, entry_void
from rewards.services.contests import contest_cancel, contest_draw, contest_name_set, contest_open, contest_save
from rewards.services.evaluation import rewards_evaluate
from rewards.words import waiting_words
from tests.cast import BEN, INGRID, LENA, MEI, NOOR, OMAR, SOFIA, Person, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import balances, rule_of, won

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

WEEK = timedelta(days=7)


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made()


def contest_made(campaign: Campaign, actor: User, now: datetime, **wanted: Any) -> Contest:
    values = {
        "key": "spring",
        "name": "A week on the coast",
        "starts_at": now - WEEK,
        "ends_at": now + WEEK,
        "prizes": [{"name": "A week on the coast", "count": 1}, {"name": "A bag of coffee", "count": 2}],
        "free_entry_route": "Send us a postcard.",
    }
    return contest_save(contest=Contest(campaign=campaign, **values | wanted), actor=actor)


def opened(campaign: Campaign, actor: User, now: datetime, **wanted: Any) -> Contest:
    return contest_open(contest=contest_made(campaign, actor, now, **wanted), actor=actor, now=now)


def entries_rule(campaign: Campaign, now: datetime, amount: int = 2, **wanted: Any) -> None:
    values = {"key": "entries", "benefit": "entry", "amounts": {"entry": amount}}
    rule_of(campaign, now=now, benefit_settings={"contest": "spring"}, **values | wanted)


def brought(campaign: Campaign, now: datetime, advocate: Person, friend: Person) -> ReferralEvent:
    return won(referred(enrolled(campaign, now=now, person=advocate), now=now, person=friend), now=now)


def test_a_conversion_gives_entries_that_are_numbered_and_booked(campaign: Campaign, ada: User, now: datetime) -> None:
    contest = opened(campaign, ada, now)
    entries_rule(campaign, now)
    brought(campaign, now, LENA, BEN)
    brought(campaign, now, MEI, NOOR)

    assert [(line.number, line.person, line.is_valid) for line in published(contest)] == [
        (1, 1, True),
        (2, 1, True),
        (3, 3, True),
        (4, 3, True),
    ]
    assert set(Reward.objects.values_list("status", flat=True)) == {"fulfilled"}
    assert balances() == {"funding": -4, "paid": 4}
    assert ledger_problems() == []
    [to_lena] = OutboundMessage.objects.filter(mail="reward_given", contact=contact_of(LENA))
    assert "2 Lose" in to_lena.text


def test_what_does_not_count_keeps_its_number_and_says_why(campaign: Campaign, ada: User, now: datetime) -> None:
    contest = opened(campaign, ada, now, entries_per_person=3, excluded_countries=["NO"])
    entries_rule(campaign, now)
    brought(campaign, now, INGRID, BEN)
    brought(campaign, now, LENA, NOOR)
    brought(campaign, now, LENA, SOFIA)
    reasons = ContestEntry.objects.order_by("number").values_list("void_reason", flat=True)
    assert list(reasons) == [
        "the country is left out",
        "the country is left out",
        "",
        "",
        "",
        "more than a person may have",
    ]
    entry = ContestEntry.objects.get(number=3)
    entry_void(entry=entry, actor=ada, reason="bought their own coffee", now=now)
    assert [place.entries for place in leaderboard(contest, most=5)] == [2]


def test_a_sale_that_goes_away_takes_its_entries_along_until_they_are_drawn(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    contest = opened(campaign, ada, now)
    entries_rule(campaign, now)
    event = brought(campaign, now, LENA, BEN)
    later = brought(campaign, now, MEI, NOOR)
    gone(event, now)
    assert [line.is_valid for line in published(contest)] == [False, False, True, True]
    assert Reward.objects.get(contact=contact_of(LENA)).status == "reversed"
    assert balances() == {"funding": -2, "paid": 2}

    contest_draw(contest=contest, actor=ada, now=now + WEEK)
    gone(later, now + WEEK)
    assert [line.is_valid for line in published(contest)] == [False, False, True, True]
    assert Reward.objects.get(contact=contact_of(MEI)).status == "fulfilled"
    assert ledger_problems() == []


def gone(event: ReferralEvent, now: datetime) -> None:
    refund_record(
        source=event.source, event_id=f"back-{event.pk}", refunds=event.event_id, amount=None, reason="", now=now
    )
    rewards_evaluate(now)


def test_anybody_repeats_the_draw_from_what_is_published(
    campaign: Campaign, ada: User, now: datetime, client: Client
) -> None:
    contest = opened(campaign, ada, now)
    hash_before = contest.seed_hash
    people = [contact_of(person) for person in (LENA, MEI, OMAR, INGRID)]
    for contact in people:
        entry_add_free(contest=contest, contact=contact, actor=ada, now=now)
    page = client.get(reverse("rewards:contest", args=[contest.public_id])).content.decode()
    assert hash_before in page
    with pytest.raises(TooEarly):
        contest_draw(contest=contest, actor=ada, now=now)
    contest = contest_draw(contest=contest, actor=ada, now=now + WEEK)
    with pytest.raises(ContestClosed):
        contest_draw(contest=contest, actor=ada, now=now + WEEK)

    page = client.get(reverse("rewards:contest", args=[contest.public_id])).content.decode()
    seed = next(part for part in page.split('"') if hashlib.sha256(part.encode()).hexdigest() == hash_before)
    rows = client.get(reverse("rewards:contest_entries", args=[contest.public_id])).content.decode().split()[1:]
    numbers = [int(row.split(",")[0]) for row in rows if row.endswith(",1")]
    order = sorted(numbers, key=lambda number: hmac.new(seed.encode(), str(number).encode(), "sha256").hexdigest())
    winners = contest.winners.order_by("rank")
    assert [winner.entry.number for winner in winners] == order[:3]
    assert [winner.prize for winner in winners] == ["A week on the coast", "A bag of coffee", "A bag of coffee"]
    assert OutboundMessage.objects.filter(mail="contest_won").count() == 3
    assert contest.sealed_seed == ""
    # Nobody is named who did not choose to be.
    assert not any(str(contact) in page for contact in people)


def test_the_program_on_the_page_of_the_docs_finds_the_same_winners(
    campaign: Campaign, ada: User, now: datetime, client: Client
) -> None:
    contest = opened(campaign, ada, now)
    entries_rule(campaign, now)
    for advocate, friend in ((LENA, BEN), (LENA, NOOR), (MEI, SOFIA)):
        brought(campaign, now, advocate, friend)
    entry_void(entry=ContestEntry.objects.get(number=2), actor=ada, reason="own order", now=now)
    contest = contest_draw(contest=contest, actor=ada, now=now + WEEK)

    told = (Path(settings.BASE_DIR) / "docs/contests.md").read_text(encoding="utf-8")
    program: dict[str, Any] = {}
    exec(told.split("```python\n")[1].split("```")[0], program)
    rows = client.get(reverse("rewards:contest_entries", args=[contest.public_id])).content.decode()
    found = program["winners"](contest.seed, contest.seed_hash, csv.DictReader(rows.splitlines()), 3)
    assert found == list(contest.winners.order_by("rank").values_list("entry__number", flat=True))
    assert len(found) == 2


def test_the_free_way_is_one_entry_for_each_person_while_it_is_open(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    contest = opened(campaign, ada, now)
    lena = contact_of(LENA)
    entry_add_free(contest=contest, contact=lena, actor=ada, now=now)
    with pytest.raises(AlreadyEntered):
        entry_add_free(contest=contest, contact=lena, actor=ada, now=now)
    contest_cancel(contest=contest, actor=ada, reason="the coast is closed", now=now)
    with pytest.raises(ContestClosed):
        entry_add_free(contest=contest, contact=contact_of(MEI), actor=ada, now=now)


def test_it_opens_only_with_prizes_and_a_lawful_way_in_and_changes_no_more(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    contest = contest_made(campaign, ada, now, free_entry_route="")
    entries_rule(campaign, now)
    with pytest.raises(BadContest, match="way to enter"):
        contest_open(contest=contest, actor=ada, now=now)
    assert len(contests_check(campaign)) == 2
    contest.excluded_countries = ["IT"]
    contest_save(contest=contest, actor=ada)
    contest_open(contest=contest, actor=ada, now=now)
    assert contests_check(campaign) == []
    contest.prizes = [{"name": "Nothing", "count": 1}]
    with pytest.raises(NotAllowed):
        contest_save(contest=contest, actor=ada)
    for prizes in ([], [{"name": "", "count": 1}], [{"name": "A", "count": 0}], [{"name": "A", "count": 1_001}], "A"):
        with pytest.raises(BadContest):
            contest_made(campaign, ada, now, key="bad", prizes=prizes)


def test_what_was_earned_before_it_opened_waits_and_what_comes_after_the_draw_is_missed(
    campaign: Campaign, ada: User, now: datetime
) -> None:
    contest = contest_made(campaign, ada, now)
    entries_rule(campaign, now)
    brought(campaign, now, LENA, BEN)
    reward = Reward.objects.get()
    assert reward.pending_reasons == ["out_of_stock"]
    assert waiting_words(reward) == "The prize draw is not open yet. You are in it as soon as it opens."
    contest_open(contest=contest, actor=ada, now=now)
    assert Reward.objects.get().status == "fulfilled"
    contest_draw(contest=contest, actor=ada, now=now + WEEK)
    brought(campaign, now + WEEK, MEI, NOOR)
    assert Reward.objects.get(contact=contact_of(MEI)).status == "expired"
    assert balances() == {"funding": -2, "paid": 2}
    assert ledger_problems() == []


def test_the_board_names_only_who_wants_it(campaign: Campaign, ada: User, now: datetime, client: Client) -> None:
    contest = opened(campaign, ada, now)
    lena, mei = contact_of(LENA), contact_of(MEI)
    for contact in (lena, mei):
        entry_add_free(contest=contest, contact=contact, actor=ada, now=now)
    contest_name_set(contest=contest, contact=lena, public_name="  Lena   V. ", now=now)
    assert [(place.rank, place.name, place.is_own) for place in leaderboard(contest, most=5, own=mei)] == [
        (1, "Lena V.", False),
        (1, "", True),
    ]
    page = client.get(reverse("rewards:contest", args=[contest.public_id])).content.decode()
    assert "Lena V." in page
    contest_name_set(contest=contest, contact=lena, public_name="", now=now)
    assert [place.name for place in leaderboard(contest, most=5)] == ["", ""]


def test_a_draft_is_shown_to_nobody(campaign: Campaign, ada: User, now: datetime, client: Client) -> None:
    contest = contest_made(campaign, ada, now)
    assert client.get(reverse("rewards:contest", args=[contest.public_id])).status_code == 404
    assert client.get(reverse("rewards:contest_entries", args=["cnt_nothing"])).status_code == 404
