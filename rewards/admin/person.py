"""What rewards say on the page about a person: what they earned, and how their balance stands in each unit."""

from collections import defaultdict
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from advocates.admin.base import page_url, pill
from advocates.admin.detail import fact, moment
from advocates.admin.person import PersonFigure, PersonStep
from advocates.admin.tables import Cell, Table, table_html
from advocates.models import Contact
from config.lib.money import Money, money_words
from rewards.admin.rewards import amount_words
from rewards.models import Account, Reward, RewardEvent
from rewards.story import step_entry

Kind = Account.Kind
Status = Reward.Status
LATEST = 10
TONES = {
    Status.PENDING: "warning",
    Status.APPROVED: "accent",
    Status.PROCESSING: "accent",
    Status.FULFILLED: "success",
    Status.DECLINED: "danger",
    Status.FAILED: "danger",
}
# The columns of the balance, from promised to paid.
PERSONAL = (Kind.OWED, Kind.CREDIT, Kind.IN_TRANSIT, Kind.PAID, Kind.RECEIVABLE)


def rewards_panel(request: HttpRequest, contact: Contact) -> str:
    newest = contact.rewards.select_related("campaign", "referral__friend__details").order_by("-created_at", "-pk")
    found = list(newest[: LATEST + 1])
    rows = [
        [
            Cell(amount_words(reward), url=page_url(reward)),
            Cell(reward.get_benefit_display(), hint=reward.campaign.name),
            Cell(pill(reward.get_status_display(), TONES.get(Status(reward.status), "neutral"))),
            Cell(str(reward.referral.friend) if reward.referral else "–"),
            Cell(moment(reward.created_at), is_number=True),
        ]
        for reward in found[:LATEST]
    ]
    has_more = len(found) > LATEST
    table = Table(
        [_("Amount"), _("What"), _("State"), _("Thanks to"), _("Earned")],
        rows,
        note=_("The latest %(count)s.") % {"count": LATEST} if has_more else "",
        more_url=f"{reverse('admin:rewards_reward_changelist')}?q={contact.public_id}" if has_more else "",
        more_label=_("See all rewards"),
    )
    return table_html(request, table)


def balance_panel(request: HttpRequest, contact: Contact) -> str:
    """A line for each unit: units are never added up."""
    balances = _balances(contact)
    rows = [
        [Cell(unit), *(Cell(_amount(amounts.get(kind, 0), unit), is_number=True) for kind in PERSONAL)]
        for unit, amounts in sorted(balances.items())
    ]
    may_ask = request.user.has_perm("rewards.ask_by_hand")
    table = Table(
        [_("Unit"), *(kind.label for kind in PERSONAL)],
        rows,
        more_url=f"{reverse('admin:rewards_byhand_add')}?contact={contact.pk}" if may_ask else "",
        more_label=_("Give or correct by hand"),
    )
    return table_html(request, table)


def _balances(contact: Contact) -> dict[str, dict[str, int]]:
    by_unit: dict[str, dict[str, int]] = defaultdict(dict)
    accounts = Account.objects.filter(party_key=contact.public_id, kind__in=PERSONAL).exclude(balance=0)
    for account in accounts:
        by_unit[account.unit][account.kind] = account.balance
    return by_unit


def _amount(amount: int, unit: str) -> str:
    return money_words(Money(amount, unit)) if amount else "–"


def balance_figures(contact: Contact) -> list[PersonFigure]:
    owed = _owed(contact)
    return [PersonFigure(_("Balance"), owed or "–", _("approved, not paid out yet"), "warm" if owed else "")]


def _owed(contact: Contact) -> StrOrPromise:
    accounts = Account.objects.filter(party_key=contact.public_id, kind__in=[Kind.OWED, Kind.CREDIT], balance__gt=0)
    by_unit: dict[str, int] = defaultdict(int)
    for account in accounts:
        by_unit[account.unit] += account.balance
    return " · ".join(money_words(Money(amount, unit)) for unit, amount in sorted(by_unit.items()))


def why_facts(contact: Contact) -> list[dict[str, Any]]:
    """The way to the page that answers for every event."""
    url = reverse("admin:rewards_why_person", args=[contact.public_id])
    return [fact(_("Rewards"), _("Why one, or why none"), url=url)]


def rewards_story(contact: Contact, limit: int) -> list[PersonStep]:
    events = RewardEvent.objects.filter(reward__contact=contact)
    named = events.select_related("reward__contact__details", "actor").order_by("-occurred_at", "-pk")[:limit]
    steps = []
    for event in named:
        entry = step_entry(event)
        steps.append(PersonStep(entry.at, entry.icon, entry.title, entry.text, entry.who, entry.tone))
    return steps
