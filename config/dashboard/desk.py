from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from advocates.models import User

MINUTE = timedelta(minutes=1)


class Desk:
    """Whose day it is, on which site, at what moment."""

    def __init__(self, site: AdminSite, user: User | AnonymousUser, now: datetime) -> None:
        self.site, self.user, self.now = site, user, now

    def may(self, permission: str) -> bool:
        return self.user.has_perm(permission)

    def when(self, moment: datetime) -> dict[str, str]:
        """`in 3 hours` or `2 days ago`, and the exact moment to be shown on hover."""
        if abs(moment - self.now) < MINUTE:
            words = _("just now")
        elif moment > self.now:
            words = _("in %(time)s") % {"time": timeuntil(moment, self.now, depth=1)}
        else:
            words = _("%(time)s ago") % {"time": timesince(moment, self.now, depth=1)}
        return {"when": words, "when_exact": date_format(localtime(moment), "DATETIME_FORMAT")}


# One part of the page; None where this person has no use for it.
Part = Callable[[Desk], dict[str, Any] | None]
