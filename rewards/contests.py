"""How a contest stands, for pages, the API and the services: its prizes, its entries, who leads, what is published."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from advocates.models import Contact
from advocates.people import family
from advocates.standing import standing
from rewards.models import Contest, ContestEntry, ContestName, RewardRule
from rewards.rules.lots import Prize

Status = Contest.Status

MOST_PRIZES = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is published. `person`: the smallest number of the same person; nobody is named."""

    number: int
    person: int
    is_valid: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the leaderboard. `name`: "" for who did not choose to stand there by name."""

    rank: int
    name: str
    entries: int
    is_own: bool = False


def prizes_of(contest: Contest) -> list[Prize]:
    return [Prize(str(prize["name"]), int(prize["count"])) for prize in contest.prizes]


def contest_named(key: str, *, campaign_id: int) -> Contest | None:
    return Contest.objects.filter(campaign=campaign_id, key=key).first()


def is_running(contest: Contest, now: datetime) -> bool:
    return contest.status == Status.OPEN and contest.starts_at <= now < contest.ends_at


def may_be_drawn(contest: Contest, now: datetime) -> bool:
    return contest.status == Status.OPEN and contest.ends_at <= now


def published(contest: Contest) -> list[Line]:
    """Every entry by number, the ones that do not count too: with the seed, all that a repetition needs."""
    entries = list(contest.entries.order_by("number").values_list("number", "contact_id", "void_reason"))
    firsts = _firsts((number, contact) for number, contact, _void in entries)
    return [Line(number, firsts[contact], not void) for number, contact, void in entries]


def valid_people(contest: Contest) -> dict[int, int]:
    """Whose each valid number is, by the smallest number of the same person: what rewards.rules.lots.draw takes."""
    return {line.number: line.person for line in published(contest) if line.is_valid}


def leaderboard(contest: Contest, *, most: int, own: Contact | None = None) -> list[Place]:
    """Who has the most valid entries; equals share a rank. `own`: whose line is theirs, whatever their rank."""
    people = contest.entries.filter(void_reason="").values_list("contact_id", flat=True)
    counts = Counter(people).most_common()
    names = dict(ContestName.objects.filter(contest=contest).values_list("contact_id", "public_name"))
    ranks = _ranks(count for _contact, count in counts)
    mine = {one.pk for one in family(own)} if own else set()
    places = [
        Place(rank, names.get(contact, ""), count, contact in mine)
        for rank, (contact, count) in zip(ranks, counts, strict=True)
    ]
    return places[:most] + [place for place in places[most:] if place.is_own]


def entries_of(contact: Contact) -> QuerySet[ContestEntry]:
    """Theirs, also those that had to stay with somebody who turned out to be them."""
    return ContestEntry.objects.filter(contact__in=family(contact)).select_related("contest", "won")


def winner_names(contest: Contest) -> Mapping[int, str]:
    """By contact; only those who chose to be named."""
    return dict(ContestName.objects.filter(contest=contest).values_list("contact_id", "public_name"))


def country_of(contact: Contact) -> str:
    return standing(contact).country.upper()


def rules_into(contest: Contest) -> list[RewardRule]:
    """The standing rules that give entries of it."""
    rules = RewardRule.objects.standing().filter(campaign=contest.campaign_id, benefit=RewardRule.Benefit.ENTRY)
    return [rule for rule in rules.order_by("key") if rule.benefit_settings.get("contest") == contest.key]


def _firsts(entries: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The smallest number of each contact."""
    firsts: dict[int, int] = {}
    for number, contact in entries:
        firsts[contact] = min(number, firsts.get(contact, number))
    return firsts


def _ranks(counts: Iterable[int]) -> list[int]:
    ranks: list[int] = []
    before = None
    for place, count in enumerate(counts, start=1):
        ranks.append(ranks[-1] if count == before else place)
        before = count
    return ranks
