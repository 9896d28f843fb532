"""The portal's frame: who is signed in, its pages, and the places where other apps put theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.models import Contact
from advocates.standing import standing
from campaigns.models import Enrolment
from config.lib import clock
from config.lib.registry import Registry

SESSION_KEY = "portal_contact_id"
ENTERED_KEY = "portal_entered_at"
CACHED = "_portal_contact"
# What must not happen on a device that was left signed in asks for a sign-in within this time.
FRESH = timedelta(minutes=10)

View = Callable[..., HttpResponse]
# A block of the home page or of the settings, rendered; an empty string where there is nothing to say.
Panel = Callable[[HttpRequest, Contact], str]

PANELS: Registry[Panel] = Registry("portal panel")
# What somebody will earn in the campaign whose link they look at, beside the share tools.
PROMISES: Registry[Callable[[HttpRequest, Enrolment], str]] = Registry("promise beside the share tools")
SETTINGS_SECTIONS: Registry[Panel] = Registry("section of the portal's settings")


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page of the portal: `url_name` as for `reverse`, `icon` from static/icons.svg."""

    label: StrOrPromise
    url_name: str
    icon: str


NAV: Registry[NavItem] = Registry("portal page")

HOME = NavItem(_("Home"), "campaigns:portal", "house")
SETTINGS = NavItem(_("Settings"), "campaigns:portal_settings", "settings")


def portal_contact(request: HttpRequest) -> Contact | None:
    """Who is signed in on this device; None for anybody else, and for who has been erased since."""
    if not hasattr(request, CACHED):
        setattr(request, CACHED, _read(request))
    contact: Contact | None = getattr(request, CACHED)
    return contact


def contact_of(request: HttpRequest) -> Contact:
    """Who is signed in, inside `portal_required`. Raises PermissionDenied elsewhere."""
    contact = portal_contact(request)
    if contact is None:
        raise PermissionDenied
    return contact


def portal_required(view: View) -> View:
    """Leads to the sign-in page and back again. What the portal shows is kept by no cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if portal_contact(request) is None:
            query = urlencode({"next": request.path})
            return redirect(f"{reverse('campaigns:portal_sign_in')}?{query}")
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def portal_render(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A page in the portal's frame (templates that extend campaigns/portal/base.html)."""
    frame = {
        "portal_nav": [_nav(item, request) for item in (HOME, *NAV, SETTINGS)],
        "sign_out_url": reverse("campaigns:portal_sign_out"),
    }
    return render(request, template, {**frame, **context})


def portal_enter(request: HttpRequest, contact: Contact) -> None:
    """Sign in on this device for 30 days, in a fresh session.

    A colleague who tries it out keeps the console's session, and with it the console's shorter life.
    """
    if request.user.is_authenticated:
        request.session.cycle_key()
    else:
        request.session.flush()
        request.session.set_expiry(settings.PORTAL_SESSION_AGE)
    request.session[SESSION_KEY] = contact.pk
    request.session[ENTERED_KEY] = clock.now().isoformat()


def entered_at(request: HttpRequest) -> datetime | None:
    """When the person signed in on this device."""
    entered = request.session.get(ENTERED_KEY)
    return datetime.fromisoformat(entered) if entered else None


def is_fresh(request: HttpRequest, *, now: datetime) -> bool:
    """Did they sign in a moment ago? Whoever finds a device that is still signed in did not."""
    entered = entered_at(request)
    return entered is not None and entered > now - FRESH


def portal_leave(request: HttpRequest) -> None:
    """Sign out of the portal; a colleague stays signed in to the console."""
    request.session.pop(SESSION_KEY, None)
    request.session.pop(ENTERED_KEY, None)
    if not request.user.is_authenticated:
        request.session.flush()


def rendered(registry: Registry[Panel], request: HttpRequest, contact: Contact) -> list[str]:
    """What the other apps have to say here, without the empty ones."""
    return [html for html in (panel(request, contact) for panel in registry) if html]


def _read(request: HttpRequest) -> Contact | None:
    pk = request.session.get(SESSION_KEY)
    if pk is None:
        return None
    contact = Contact.objects.select_related("details", "merged_into").filter(pk=pk, erased_at=None).first()
    return standing(contact) if contact else None


def _nav(item: NavItem, request: HttpRequest) -> dict[str, Any]:
    url = reverse(item.url_name)
    return {"label": item.label, "url": url, "icon": item.icon, "current": request.path == url}
