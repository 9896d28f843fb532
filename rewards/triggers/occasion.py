from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min, Subquery

from advocates.models import Contact
from advocates.standing import standing as contact_standing
from campaigns.models import Campaign, Company
from config.lib.signing import keyed_hash
from referrals.models import Referral, ReferralEvent
from rewards.models import Quote
from rewards.rules.facts import Facts, Party
from rewards.standing import Standing

# Of the 256 bits of a keyed hash so many hex digits: far more lots than a draw has.
DRAW_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event with the rows that rewards point to. `rules_at`: whose versions count. `event`: None for enrolments.

    `promise`: what the friend and their advocate were promised, once it is kept. `stamp`: of the campaign's book of
    rules, for `rewards.quotes.quote`. `left`: what is left of the event.
    """

    campaign: Campaign
    facts: Facts
    people: Mapping[str, Contact]
    rules_at: datetime
    occurred_at: datetime
    is_test: bool
    referral: Referral | None = None
    event: ReferralEvent | None = None
    promise: Quote | None = None
    stamp: int | None = None
    left: Standing = Standing(False, None)  # noqa: RUF009 - frozen


def local_date(moment: datetime, campaign: Campaign) -> date:
    """The day in the campaign's zone: limits and budgets turn with it."""
    return moment.astimezone(ZoneInfo(campaign.time_zone)).date()


def first_seen(referral: Referral) -> datetime:
    """When the friend came in, or the earlier purchase that a code on it made the referral of."""
    earliest: datetime | None = referral.events.aggregate(Min("occurred_at"))["occurred_at__min"]
    return min(referral.submitted_at, earliest or referral.submitted_at)


def people_now(named: Mapping[str, Contact]) -> dict[str, Contact]:
    """Who they are now: what a merge had to leave with the stub is earned by the person, and once."""
    return {kind: contact_standing(person) for kind, person in named.items()}


def parties_of(people: Mapping[str, Contact]) -> dict[str, Party]:
    """With what stands on their rows; what takes a question more comes where a rule asks it (knowing.py)."""
    return {
        kind: Party(
            person.public_id,
            person.lifetime_unit,
            relation=person.relation,
            purchases=person.purchases_count,
        )
        for kind, person in people.items()
    }


def drawn(event_key: str) -> int:
    """The event's own number: without the house's secret nobody can foretell it, and each look finds it."""
    return int(keyed_hash("draw", event_key)[:DRAW_DIGITS], 16)


def house_currency() -> Subquery:
    """The company's currency, for a statement that is made anyway."""
    return Subquery(Company.objects.values("currency")[:1])


def book_stamp(campaign: Campaign) -> int | None:
    """The stamp of the campaign's book where it was read along; asks for it otherwise."""
    book = getattr(campaign, "rule_book", None)
    return book.stamp if book else None
