"""What goes to good causes: what was promised, given and sent, and how far a fundraiser has come."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet, Sum

from referrals.models import ReferralEvent
from rewards.models import Account, Charity, Fundraiser, Reward, RewardRule

Status = Reward.Status
Benefit = RewardRule.Benefit

# So early somebody is asked to look at a registration again.
REVIEW_DAYS = timedelta(days=14)
PROMISED = (Status.PENDING, Status.APPROVED)
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one unit, in minor units. `promised`: earned and not given yet; `to_send`: given and not sent yet."""

    unit: str
    promised: int
    to_send: int
    sent: int

    @property
    def given(self) -> int:
        return self.to_send + self.sent


@dataclass(frozen=True, slots=True)
class Raised:
    """`percent` of the goal, rounded down, so that 100 is said when it is reached and not before; it may be more."""

    raised: int
    gifts: int
    percent: int


def charity_of(given: RewardRule | Reward) -> Charity | None:
    """The good cause that a donation by this rule, or one that somebody chose, goes to."""
    if given.benefit != Benefit.DONATION:
        return None
    return Charity.objects.filter(key=given.benefit_settings.get("charity", "")).first()


def sums_of(charity: Charity) -> list[Sums]:
    """By unit."""
    rewards = Reward.objects.filter(charity=charity, benefit=Benefit.DONATION, status__in=PROMISED, is_test=False)
    promised = dict(rewards.order_by("unit").values_list("unit").annotate(Sum("amount")))
    accounts = Account.objects.filter(party_key=charity.public_id)
    to_send = _balances(accounts, Account.Kind.DONATED)
    sent = _balances(accounts, Account.Kind.PAID)
    units = sorted({*promised, *to_send, *sent})
    return [Sums(unit, promised.get(unit, 0), to_send.get(unit, 0), sent.get(unit, 0)) for unit in units]


def to_review(on: date) -> QuerySet[Charity]:
    """Those that may be given to and whose registration is to be looked at again soon, or was to be."""
    due = Charity.objects.filter(is_active=True, review_date__lte=on + REVIEW_DAYS)
    return due.order_by("review_date", "pk")


def raised_by(fundraiser: Fundraiser) -> Raised:
    """Standing gifts in the fundraiser's currency, less what went back; what we donate as well where that counts."""
    gifts = _gifts(fundraiser).aggregate(count=Count("pk"), left=Sum(F("amount") - F("returned")))
    raised = (gifts["left"] or 0) + (_donated(fundraiser) if fundraiser.counts_rewards else 0)
    return Raised(raised, gifts["count"], raised * WHOLE // fundraiser.goal)


def _gifts(fundraiser: Fundraiser) -> QuerySet[ReferralEvent]:
    events = ReferralEvent.objects.filter(
        campaign=fundraiser.campaign_id,
        type=fundraiser.event_type,
        unit=fundraiser.unit,
        amount__gt=0,
        evidence_for=None,
        is_test=fundraiser.campaign.is_test,
    )
    return events.standing()


def _donated(fundraiser: Fundraiser) -> int:
    given = Reward.objects.filter(
        campaign=fundraiser.campaign_id,
        charity=fundraiser.charity_id,
        benefit=Benefit.DONATION,
        unit=fundraiser.unit,
        status__in=[*PROMISED, Status.FULFILLED],
        is_test=fundraiser.campaign.is_test,
    )
    total: int | None = given.aggregate(total=Sum(F("amount") - F("taken_back")))["total"]
    return total or 0


def _balances(accounts: QuerySet[Account], kind: str) -> dict[str, int]:
    return dict(accounts.filter(kind=kind).exclude(balance=0).values_list("unit", "balance"))
