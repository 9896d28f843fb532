"""Today: what waits for this person, oldest promise first, and what would be a good next step."""

from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.models import User
from config.dashboard.cards import CARDS
from config.dashboard.desk import Desk, Part
from config.dashboard.lists import LISTS
from config.dashboard.next_steps import NEXT_STEPS


def today(site: AdminSite, user: User | AnonymousUser, *, now: datetime) -> dict[str, Any]:
    """For templates/admin/index.html."""
    desk = Desk(site, user, now)
    return {
        "greeting": _("Hello, %(name)s") % {"name": getattr(user, "name", "") or str(user)},
        "summary": date_format(localtime(now), "DATE_FORMAT"),
        "cards": _all(CARDS, desk),
        "lists": _all(LISTS, desk),
        "next_steps": _all(NEXT_STEPS, desk),
    }


def _all(parts: tuple[Part, ...], desk: Desk) -> list[dict[str, Any]]:
    return [part for make in parts if (part := make(desk)) is not None]
