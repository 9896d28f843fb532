"""One field finds everything: people, referrals, campaigns, rewards, coupons. What is exact stands first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from advocates.errors import BadEmail, BadPhone
from advocates.finding import people_named
from advocates.identity import email_key, phone_key
from advocates.models import Contact, ContactKey, User
from campaigns.models import Campaign, Enrolment
from config.lib.ids import code_normalise
from config.lib.money import Money, money_words
from config.pages import list_url, row_url
from referrals.models import Referral
from rewards.coupon_pools import codes_meant
from rewards.models import Coupon, PayoutRun, Reward

MAX_LENGTH = 120
MIN_LENGTH = 2
ROWS = 6


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds rows of one kind, best first; `title` and `text` say what stands in a row's two lines."""

    label: StrPromise
    icon: str
    model: type[Model]
    find: Callable[[str], QuerySet[Any]]
    text: Callable[[Any], object]
    title: Callable[[Any], object] = str


def find_everything(site: AdminSite, user: User | AnonymousUser, query: str) -> list[dict[str, Any]]:
    """For templates/admin/search.html: a group for each kind that has a match and that the person may see."""
    if len(query) < MIN_LENGTH:
        return []
    groups = (_group(site, finder, query) for finder in FINDERS if _may_see(user, finder.model))
    return [group for group in groups if group["rows"]]


def _may_see(user: User | AnonymousUser, model: type[Model]) -> bool:
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def _group(site: AdminSite, finder: Finder, query: str) -> dict[str, Any]:
    rows = [
        {"title": str(finder.title(row)), "text": str(finder.text(row)), "url": row_url(site, row)}
        for row in finder.find(query)[:ROWS]
    ]
    return {
        "label": finder.label,
        "icon": finder.icon,
        "url": list_url(site, finder.model),
        "rows": rows,
    }


def _best_first(rows: QuerySet[Any], *, exact: Q, prefix: Q, anywhere: Q | None = None) -> QuerySet[Any]:
    """Exact matches, then those that begin so, then those that hold it; newest first among equals."""
    matching = exact | prefix | anywhere if anywhere is not None else exact | prefix
    rank = Case(When(exact, then=Value(0)), When(prefix, then=Value(1)), default=Value(2))
    ranked: QuerySet[Any] = rows.filter(matching).annotate(rank=rank)
    return ranked.order_by("rank", "-pk")


def _keys(query: str) -> Iterable[str]:
    """The query as a contact's key would hold it."""
    yield query
    for read, refusal in ((email_key, BadEmail), (phone_key, BadPhone)):
        try:
            yield read(query).value
        except refusal:
            continue


def _standing_id(query: str) -> str:
    """The public id of whoever this one is today: two people may have been found to be one, and again."""
    contact = Contact.objects.select_related("merged_into").filter(public_id=query).first()
    while contact and contact.merged_into:
        contact = Contact.objects.select_related("merged_into").get(pk=contact.merged_into.pk)
    return contact.public_id if contact else query


def _person(query: str, path: str) -> dict[str, Q]:
    """Conditions for a contact that stands at `path` (empty, or such as `friend__`)."""
    known_by = ContactKey.objects.filter(value__in=[*_keys(query)]).values("contact")
    return {
        "exact": Q(**{f"{path}pk__in": known_by}) | Q(**{f"{path}public_id": _standing_id(query)}),
        "prefix": Q(**{f"{path}details__name__istartswith": query}),
        "anywhere": Q(**{f"{path}details__name__icontains": query})
        | Q(**{f"{path}details__company__icontains": query}),
    }


def _known(query: str) -> QuerySet[Any]:
    """Ids of whoever may be meant: the order is worked out for these alone, not for all people."""
    keys = ContactKey.objects.filter(value__in=[*_keys(query)])
    enrolled = Enrolment.objects.filter(code=code_normalise(query))
    ids = Contact.objects.filter(public_id=_standing_id(query))
    return people_named(query).union(
        keys.values(found=F("contact_id")), enrolled.values(found=F("contact_id")), ids.values(found=F("pk"))
    )


def find_people(query: str) -> QuerySet[Contact]:
    people = Contact.objects.living().select_related("details")
    enrolled = Enrolment.objects.filter(code=code_normalise(query)).values("contact")
    conditions = _person(query, "")
    conditions["exact"] |= Q(pk__in=enrolled)
    return _best_first(people.filter(pk__in=_known(query)), **conditions)


def find_referrals(query: str) -> QuerySet[Referral]:
    rows = Referral.objects.select_related("campaign", "friend__details", "advocate__details")
    conditions = _person(query, "friend__")
    conditions["exact"] |= Q(public_id=query)
    return _best_first(rows, **conditions)


def find_campaigns(query: str) -> QuerySet[Campaign]:
    return _best_first(
        Campaign.objects.all(),
        exact=Q(slug=query) | Q(public_id=query),
        prefix=Q(name__istartswith=query),
        anywhere=Q(name__icontains=query),
    )


def find_rewards(query: str) -> QuerySet[Reward]:
    rows = Reward.objects.select_related("contact__details", "campaign")
    return _best_first(rows, exact=Q(public_id=query), prefix=Q(contact__details__name__istartswith=query))


def reward_title(reward: Reward) -> str:
    return f"{money_words(Money(reward.amount, reward.unit))} · {reward.get_benefit_display()}"


def find_coupons(query: str) -> QuerySet[Coupon]:
    rows = Coupon.objects.select_related("contact__details")
    exact = Q(code__in=codes_meant(query)) | Q(public_id=query)
    return _best_first(rows, exact=exact, prefix=Q(code__startswith=code_normalise(query)))


def find_payout_runs(query: str) -> QuerySet[PayoutRun]:
    return PayoutRun.objects.filter(public_id=query)


FINDERS = (
    Finder(_("People"), "users", Contact, find_people, lambda contact: contact.get_relation_display()),
    Finder(_("Referrals"), "heart-handshake", Referral, find_referrals, lambda referral: referral.campaign),
    Finder(_("Campaigns"), "megaphone", Campaign, find_campaigns, lambda row: row.get_status_display()),
    Finder(_("Rewards"), "gift", Reward, find_rewards, lambda row: row.contact or row.campaign, title=reward_title),
    Finder(_("Coupons"), "ticket-percent", Coupon, find_coupons, lambda coupon: coupon.contact),
    Finder(_("Payout runs"), "banknote", PayoutRun, find_payout_runs, lambda run: run.get_status_display()),
)
