"""'Why did I not get a reward?': one box that finds the person or the event, and a page that answers.

What is typed is somebody's address or number, so that it goes by POST; pages are named by public ids.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from advocates.admin.base import page_url, staff_of
from advocates.admin.detail import fact, moment
from advocates.errors import BadEmail, BadPhone
from advocates.finding import people_like
from advocates.identity import email_key, phone_key
from advocates.models import Contact, ContactKey
from advocates.selectors import contact_email, display_name
from advocates.standing import standing
from campaigns.selectors import enrolment_by_code
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.ids import new_public_id
from referrals.models import ReferralEvent
from rewards.coupon_pools import codes_meant, coupons_named
from rewards.explain.happenings import Happening, event_title, happening_of, happenings_of
from rewards.explain.person import findings_of
from rewards.models import Reward
from rewards.services.explaining import explanation_of, explanation_send
from rewards.words.lists import amount_words

VIEW, SEND = "rewards.view_reward", "advocates.change_contact"
LONGEST = 120
SHORTEST = 2
ROWS = 12


def explain_urls(site: admin.AdminSite) -> list[URLPattern]:
    """Under the rewards' own address, before the pages of single rewards."""
    return [
        path("why/", site.admin_view(search), name="rewards_why"),
        path("why/event/<slug:public_id>/", site.admin_view(event_page), name="rewards_why_event"),
        path("why/<slug:public_id>/", site.admin_view(person_page), name="rewards_why_person"),
        path("why/<slug:public_id>/send/", site.admin_view(send), name="rewards_why_send"),
    ]


def search(request: HttpRequest) -> HttpResponse:
    _check(request)
    typed = " ".join(request.POST.get("about", "")[:LONGEST].split())
    people = list(_people(typed)) if len(typed) >= SHORTEST else []
    events = list(_events(typed)) if len(typed) >= SHORTEST else []
    if len(people) == 1 and not events:
        return HttpResponseRedirect(reverse("admin:rewards_why_person", args=[people[0].public_id]))
    context = {
        "title": _("Why did I not get a reward?"),
        "typed": typed,
        "people": [_person_row(contact) for contact in people],
        "events": [_event_row(event) for event in events],
    }
    return _page(request, "search", context)


def person_page(request: HttpRequest, public_id: str) -> HttpResponse:
    _check(request)
    contact = _contact(public_id)
    happenings = happenings_of(contact)
    context = {
        "title": _("Why did %(person)s get a reward, or none?") % {"person": display_name(contact)},
        "person": contact,
        "name": display_name(contact),
        "person_url": page_url(contact),
        "findings": findings_of(contact, now=clock.now()),
        "happenings": [_happening_row(happening) for happening in happenings],
        "own_words": explanation_of(contact),
        "own_language": contact.get_language_display() if contact.language else "",
        "press": new_public_id("why"),
        "may_send": request.user.has_perm(SEND),
        "address": contact_email(contact),
    }
    return _page(request, "person", context)


def event_page(request: HttpRequest, public_id: str) -> HttpResponse:
    _check(request)
    happening = happening_of(public_id)
    if happening is None:
        raise Http404
    context = {
        "title": happening.title,
        "happening": happening,
        "outcome": happening.outcome,
        "facts": _facts(happening),
        "people": [_person_row(person) for person in (happening.advocate, happening.friend) if person],
    }
    return _page(request, "event", context)


@require_POST
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    _check(request)
    if not request.user.has_perm(SEND):
        raise PermissionDenied
    contact = _contact(public_id)
    press = request.POST.get("press", "")[:64]
    try:
        explanation_send(contact=contact, press=press, actor=staff_of(request), now=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The answer goes out to %(person)s.") % {"person": display_name(contact)})
    return HttpResponseRedirect(reverse("admin:rewards_why_person", args=[contact.public_id]))


def why_event_url(public_id: str) -> str:
    return reverse("admin:rewards_why_event", args=[public_id])


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    shared = admin.site.each_context(request) | {"opts": Reward._meta}
    return TemplateResponse(request, f"admin/rewards/explain/{name}.html", shared | context)


def _contact(public_id: str) -> Contact:
    """Who it is today: two people may have turned out to be one."""
    found = Contact.objects.select_related("details").filter(public_id=public_id, erased_at=None).first()
    if found is None:
        raise Http404
    return standing(found)


# --- finding ----------------------------------------------------------------------------------------------------------


def _people(typed: str) -> Iterable[Contact]:
    """By name, address, number, referral code, coupon, and by the order or the event that is theirs."""
    known = ContactKey.objects.filter(value__in=_keys(typed)).values("contact")
    sales = Q(purchases__external_id=typed) | Q(facts__event_id=typed) | Q(facts__public_id=typed)
    coupons = coupons_named(typed).values("contact")
    enrolment = enrolment_by_code(typed)
    about = Q(pk__in=known) | Q(pk__in=coupons) | Q(pk__in=people_like(typed))
    about |= Q(pk__in=Contact.objects.filter(sales).values("pk"))
    if enrolment:
        about |= Q(pk=enrolment.contact_id)
    return Contact.objects.living().filter(about).select_related("details").order_by("-pk")[:ROWS]


def _keys(typed: str) -> Iterable[str]:
    yield typed
    for read, refusal in ((email_key, BadEmail), (phone_key, BadPhone)):
        try:
            yield read(typed).value
        except refusal:
            continue


def _events(typed: str) -> Iterable[ReferralEvent]:
    """By the number of an order or event, by the id of a reward or a referral, and by a coupon."""
    codes = codes_meant(typed)
    named = Q(event_id=typed) | Q(public_id=typed) | Q(referral__public_id=typed)
    named |= Q(coupon_code__in=codes) | Q(coupons__code__in=codes)
    reward = Reward.objects.filter(public_id=typed, evaluation__source="referral_event").select_related("evaluation")
    sources = [one.evaluation.source_id for one in reward]
    events = ReferralEvent.objects.filter(named | Q(pk__in=sources)).distinct()
    return events.select_related("contact__details", "campaign").order_by("-recorded_at", "-pk")[:ROWS]


# --- rows -------------------------------------------------------------------------------------------------------------


def _person_row(contact: Contact) -> dict[str, Any]:
    details = getattr(contact, "details", None)
    ways = [details.company if details else "", contact_email(contact)]
    return {
        "name": display_name(contact),
        "text": " · ".join(way for way in ways if way and way != display_name(contact)),
        "url": reverse("admin:rewards_why_person", args=[contact.public_id]),
    }


def _event_row(event: ReferralEvent) -> dict[str, Any]:
    amount = amount_words(event.amount, event.unit) if event.amount is not None else ""
    parts = [display_name(event.contact), amount, event.campaign.name if event.campaign else "", event.event_id]
    return {
        "name": event_title(event),
        "text": " · ".join(part for part in parts if part),
        "when": moment(event.occurred_at),
        "url": why_event_url(event.public_id),
    }


def _happening_row(happening: Happening) -> dict[str, Any]:
    label, tone = happening.outcome
    campaign, friend = happening.campaign, happening.friend
    parts = [campaign.name if campaign else "", display_name(friend) if friend else "", happening.amount]
    return {
        "title": happening.title,
        "at": moment(happening.at),
        "text": " · ".join(part for part in parts if part),
        "label": label,
        "tone": tone,
        "notes": happening.notes,
        "reasons": [_short(rule) for rule in happening.rules],
        "url": why_event_url(happening.row.public_id),
    }


def _short(rule: Any) -> dict[str, Any]:
    """One rule in a line: what it paid, or the step at which it stopped."""
    stops = [line.words for group in rule.groups for line in group.lines if line.tone == "danger"]
    reward = rule.reward
    return {
        "recipient": rule.recipient,
        "label": rule.label,
        "tone": rule.tone,
        "words": amount_words(reward.amount, reward.unit) if reward else " ".join(stops[:2]),
        "url": page_url(reward) if reward else "",
    }


def _facts(happening: Happening) -> list[dict[str, Any]]:
    row = happening.row
    facts = [fact(_("Happened"), moment(row.occurred_at))]
    if happening.campaign:
        facts.append(fact(_("Campaign"), happening.campaign, url=page_url(happening.campaign)))
    if happening.amount:
        facts.append(fact(_("Amount"), happening.amount))
    if isinstance(row, ReferralEvent):
        facts += [fact(_("Recorded"), moment(row.recorded_at)), fact(_("Source"), row.source, hint=row.event_id)]
        if row.referral:
            facts.append(fact(_("Referral"), row.referral, url=page_url(row.referral)))
    facts.append(fact(_("Number"), row.public_id))
    return facts
