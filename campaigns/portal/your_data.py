"""A person's own say over what stands here about them: take it along, withdraw a consent, be forgotten."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from advocates.models import Consent, Contact, Erasure
from advocates.selectors import contact_email
from advocates.services.consents import consent_withdraw
from advocates.services.erasure import contact_erase, open_matters
from advocates.services.export import contact_export
from advocates.services.limits import rate_hit
from campaigns.portal.shell import FRESH, contact_of, is_fresh, portal_leave, portal_render, portal_required
from campaigns.services.portal import portal_link_request
from config.lib import clock
from config.lib.downloads import json_file
from config.lib.errors import DomainError

BY = "portal"
DOWNLOADS_AN_HOUR = 5


def your_data_section(request: HttpRequest, contact: Contact) -> str:
    """A section of the portal's settings."""
    channels = contact.consents.filter(withdrawn_at=None).exclude(channel=Consent.Channel.PUBLISH)
    standing = sorted(set(channels.values_list("channel", flat=True)))
    consents = [{"channel": channel, "label": Consent.Channel(channel).label} for channel in standing]
    return render_to_string("campaigns/portal/your_data.html", {"consents": consents}, request)


@require_POST
@portal_required
def download(request: HttpRequest) -> HttpResponse:
    """A handful an hour, since each reads all there is."""
    contact, now = contact_of(request), clock.now()
    if not rate_hit(key=f"export:{contact.public_id}", limit=DOWNLOADS_AN_HOUR, window=timedelta(hours=1), now=now):
        messages.error(request, _("You have just downloaded it several times. Try again in an hour."))
        return redirect("campaigns:portal_settings")
    return json_file(contact_export(contact=contact, by=BY, now=now), name="my-data.json")


@require_POST
@portal_required
def withdraw(request: HttpRequest, channel: str) -> HttpResponse:
    if channel in Consent.Channel.values:
        consent_withdraw(contact=contact_of(request), channel=channel, source=BY, now=clock.now())
        messages.success(request, _("Withdrawn. We keep to it from now on."))
    return redirect("campaigns:portal_settings")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@portal_required
def forget(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; a press of the button is enough for who has just signed in."""
    contact, now = contact_of(request), clock.now()
    may = is_fresh(request, now=now)
    if request.method == "POST" and may:
        return _forget(request, contact, now)
    matters = open_matters(contact)
    context = {
        "is_fresh": may,
        "open": [matter.sentence for matter in matters],
        "stopped": any(matter.stops for matter in matters),
        "minutes": int(FRESH.total_seconds() // 60),
    }
    return portal_render(request, "campaigns/portal/forget.html", context)


@require_POST
@never_cache
@portal_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """A fresh link to this very page, to the address that we know."""
    address = contact_email(contact_of(request))
    if address:
        portal_link_request(address=address, next_path=reverse("campaigns:portal_forget"), now=clock.now())
    return render(
        request,
        "campaigns/portal/sent.html",
        {"minutes": int(settings.PORTAL_LINK_AGE.total_seconds() // 60)},
    )


def _forget(request: HttpRequest, contact: Contact, now: datetime) -> HttpResponse:
    try:
        contact_erase(contact=contact, way=Erasure.Way.PORTAL, by=BY, now=now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("campaigns:portal_forget")
    portal_leave(request)
    return render(request, "campaigns/portal/forgotten.html")
