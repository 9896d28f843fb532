"""What staff should know of a person before any event: where they stand, and what never happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _, ngettext

from advocates.models import Contact, Purchase
from advocates.selectors import display_name
from campaigns.models import Campaign, Enrolment
from referrals.models import Referral, ReferralEvent
from rewards.explain.happenings import day
from rewards.words.lists import amount_words, quoted

LATEST = 10
# As in referrals/services/events/attribution.py: shops that know the day of a sale but not the hour.
BEFORE_THE_REFERRAL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about how things stand. `tone` as a pill's: success, neutral, warning."""

    words: str
    tone: str = "neutral"


def findings_of(contact: Contact, *, now: datetime) -> list[Finding]:
    """As a friend, as an advocate, and purchases that reached no campaign."""
    found = [*_as_friend(contact), *_as_advocate(contact, now=now), *_loose_purchases(contact)]
    if contact.is_test:
        found.append(Finding(_("This person is test data: nothing is paid for them."), "warning"))
    return found


# --- as a friend ------------------------------------------------------------------------------------------------------


def _as_friend(contact: Contact) -> Iterable[Finding]:
    received = contact.referrals_received.select_related("campaign", "advocate__details")
    referrals = list(received.order_by("-submitted_at", "-pk")[:LATEST])
    if not referrals:
        yield Finding(_("Nobody has recommended this person: they stand on no referral."))
    for referral in referrals:
        yield from _friend_of(referral)


def _friend_of(referral: Referral) -> Iterable[Finding]:
    told = {
        "advocate": display_name(referral.advocate),
        "campaign": quoted(referral.campaign.name),
        "day": day(referral.submitted_at),
        "until": day(referral.credit_until),
        "status": referral.get_status_display(),
    }
    yield Finding(
        _("%(advocate)s brought them on %(day)s in %(campaign)s; it counts until %(until)s. Now: %(status)s.") % told,
        "success" if referral.status == Referral.Status.CONVERTED else "neutral",
    )
    if referral.review == Referral.Review.HELD:
        yield Finding(_("That referral is to be looked at by a person first; its rewards wait until then."), "warning")
    if referral.review == Referral.Review.REFUSED:
        yield Finding(_("That referral was looked at and found not honest: it earns nothing."), "warning")
    if not _bought_since(referral):
        yield Finding(_("We know of no purchase by this person since %(day)s.") % told, "warning")


def _bought_since(referral: Referral) -> bool:
    since = referral.submitted_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if referral.status == Referral.Status.CONVERTED:
        return True
    return Purchase.objects.filter(contact=referral.friend_id, occurred_at__gte=since).exists()


# --- as an advocate ---------------------------------------------------------------------------------------------------


def _as_advocate(contact: Contact, *, now: datetime) -> Iterable[Finding]:
    enrolments = list(contact.enrolments.select_related("campaign").order_by("-enrolled_at", "-pk")[:LATEST])
    if not enrolments:
        yield Finding(_("This person takes part in no campaign, so that they have no code of their own."))
    for enrolment in enrolments:
        yield from _link_of(enrolment, now=now)


def _link_of(enrolment: Enrolment, *, now: datetime) -> Iterable[Finding]:
    campaign = enrolment.campaign
    told = {"code": quoted(enrolment.code), "campaign": quoted(campaign.name), "status": campaign.get_status_display()}
    if enrolment.status != Enrolment.Status.ACTIVE:
        yield Finding(_("Their code %(code)s in %(campaign)s is switched off.") % told, "warning")
    if _has_ended(campaign, now):
        yield Finding(
            _("Their code %(code)s belongs to %(campaign)s, which has ended and takes nobody new.") % told, "warning"
        )
    elif campaign.status != Campaign.Status.ACTIVE:
        yield Finding(_("Their code %(code)s belongs to %(campaign)s. That campaign is: %(status)s.") % told, "warning")
    if not enrolment.referrals.exists():
        yield Finding(_("No friend has come in over their code %(code)s in %(campaign)s.") % told)


def _has_ended(campaign: Campaign, now: datetime) -> bool:
    is_over = campaign.ends_at is not None and campaign.ends_at <= now
    return campaign.status == Campaign.Status.ENDED or is_over


# --- purchases that reached no campaign -------------------------------------------------------------------------------


def _loose_purchases(contact: Contact) -> Iterable[Finding]:
    """Sales that are known, from an import for instance, and of which no event told the campaigns."""
    first = contact.referrals_received.order_by("submitted_at", "pk").first()
    if first is None:
        return
    since = first.submitted_at - BEFORE_THE_REFERRAL
    if before := contact.purchases.filter(occurred_at__lt=since).count():
        yield Finding(_earlier(before))
    known = set(ReferralEvent.objects.filter(contact=contact).values_list("source", "event_id"))
    later = contact.purchases.filter(occurred_at__gte=since).order_by("-occurred_at", "-pk")
    for purchase in later[:LATEST]:
        if (purchase.source, purchase.external_id) not in known:
            yield Finding(_loose(purchase), "warning")


def _earlier(count: int) -> str:
    told = ngettext(
        "A purchase is known from before they came in; it counts for nobody.",
        "%(count)s purchases are known from before they came in; they count for nobody.",
        count,
    )
    return told % {"count": count}


def _loose(purchase: Purchase) -> str:
    told = {
        "number": quoted(purchase.external_id),
        "amount": amount_words(purchase.amount, purchase.unit),
        "day": day(purchase.occurred_at),
        "source": quoted(purchase.source),
    }
    words = _(
        "Purchase %(number)s of %(amount)s on %(day)s is known from %(source)s, but no event told the campaigns of it."
    )
    return words % told
