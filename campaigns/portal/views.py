"""The portal: a link by mail, a press of a button, and what is theirs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from advocates.models import Contact
from advocates.people import family
from advocates.selectors import contact_email, public_name
from campaigns.errors import LinkUsed
from campaigns.forms import PortalSettingsForm, SignInForm
from campaigns.models import Enrolment
from campaigns.portal.shell import (
    PANELS,
    PROMISES,
    SETTINGS_SECTIONS,
    contact_of,
    portal_contact,
    portal_enter,
    portal_leave,
    portal_render,
    portal_required,
    rendered,
)
from campaigns.selectors import copy_for
from campaigns.services.portal import (
    portal_link_alive,
    portal_link_request,
    portal_link_use,
    portal_settings_save,
)
from campaigns.services.unsubscribe import wish_of
from campaigns.sharing import share_tools
from config.lib import clock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """One address in; the same answer for everybody."""
    if portal_contact(request) is not None:
        return redirect("campaigns:portal")
    form = SignInForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "campaigns/portal/sign_in.html", {"form": form})
    next_path = _own_path(request.GET.get("next", ""))
    portal_link_request(address=form.cleaned_data["email"], next_path=next_path, now=clock.now())
    minutes = int(settings.PORTAL_LINK_AGE.total_seconds() // 60)
    return render(
        request,
        "campaigns/portal/sent.html",
        {"minutes": minutes, "retry_url": reverse("campaigns:portal_sign_in")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, because scanners follow links; POST signs in."""
    now = clock.now()
    link = portal_link_alive(token=token, now=now)
    if link is None:
        return _dead_link(request)
    if request.method != "POST":
        return render(request, "campaigns/portal/confirm.html", {"name": public_name(link.contact)})
    try:
        contact = portal_link_use(token=token, now=now)
    except LinkUsed:
        return _dead_link(request)
    portal_enter(request, contact)
    return redirect(_own_path(link.next_path) or "campaigns:portal")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    portal_leave(request)
    return redirect("campaigns:portal_sign_in")


@require_safe
@portal_required
def home(request: HttpRequest) -> HttpResponse:
    """What can be earned next and the link for it, then what the other apps have to say."""
    contact = contact_of(request)
    enrolments = _enrolments(contact)
    current = _chosen(enrolments, request.GET.get("campaign", ""))
    context: dict[str, Any] = {
        "campaigns": [_campaign_tab(enrolment, current) for enrolment in enrolments],
        "panels": rendered(PANELS, request, contact),
    }
    if current:
        told = [block(request, current) for block in PROMISES]
        context["promises"] = [html for html in told if html]
        context["codes"] = [current.code, *_second_codes(contact, current)]
    return portal_render(request, "campaigns/portal/home.html", context | _earn(current))


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def preferences(request: HttpRequest) -> HttpResponse:
    """The name that friends see, the language we write in, what we write about."""
    contact = contact_of(request)
    address = contact_email(contact)
    form = PortalSettingsForm(request.POST or None, initial=_settings_of(contact, address))
    if not address:
        del form.fields["wish"]
    if request.method == "POST" and form.is_valid():
        portal_settings_save(contact=contact, now=clock.now(), **form.cleaned_data)
        response = redirect("campaigns:portal_settings")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
        return response
    sections = rendered(SETTINGS_SECTIONS, request, contact)
    return portal_render(request, "campaigns/portal/settings.html", {"form": form, "sections": sections})


def _settings_of(contact: Contact, address: str) -> dict[str, str]:
    details = getattr(contact, "details", None)
    return {
        "public_name": details.public_name if details else "",
        "language": contact.language or get_language() or settings.LANGUAGE_CODE,
        "wish": wish_of(address) if address else "",
    }


def _enrolments(contact: Contact) -> list[Enrolment]:
    mine = Enrolment.objects.filter(contact=contact, status=Enrolment.Status.ACTIVE)
    return list(mine.select_related("campaign").order_by("-enrolled_at", "-pk"))


def _second_codes(contact: Contact, current: Enrolment) -> list[str]:
    """Who was found to be two people of one campaign goes on to hold both codes; friends of either are theirs."""
    others = [member.pk for member in family(contact) if member != contact]
    active = Enrolment.objects.filter(campaign=current.campaign, status=Enrolment.Status.ACTIVE)
    return list(active.filter(contact__in=others).order_by("pk").values_list("code", flat=True)) if others else []


def _chosen(enrolments: list[Enrolment], slug: str) -> Enrolment | None:
    asked_for = next((one for one in enrolments if one.campaign.slug == slug), None)
    running = next((one for one in enrolments if one.campaign.status == one.campaign.Status.ACTIVE), None)
    return asked_for or running or next(iter(enrolments), None)


def _campaign_tab(enrolment: Enrolment, current: Enrolment | None) -> dict[str, Any]:
    return {
        "name": enrolment.campaign.name,
        "url": f"{reverse('campaigns:portal')}?campaign={enrolment.campaign.slug}",
        "current": enrolment == current,
    }


def _earn(enrolment: Enrolment | None) -> dict[str, Any]:
    if enrolment is None:
        title = _("Good to see you")
        text = _("What is on its way to you stands below.")
        return {"earn": {"title": title, "text": text, "kicker": _("Your circle")}}
    language = get_language() or settings.LANGUAGE_CODE
    copy = copy_for(enrolment.campaign, language)
    text = _("Your friend gets: %(offer)s") % {"offer": copy.friend_offer}
    return {
        "earn": {"title": copy.advocate_offer, "text": text},
        "share": share_tools(enrolment, language=language),
    }


def _dead_link(request: HttpRequest) -> HttpResponse:
    context = {"expired": True, "retry_url": reverse("campaigns:portal_sign_in")}
    return render(request, "campaigns/portal/confirm.html", context, status=410)


def _own_path(path: str) -> str:
    """A path of the portal, or nothing: a link never leads on to somewhere else."""
    is_ours = path.startswith("/portal/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path[:200] if is_ours else ""
