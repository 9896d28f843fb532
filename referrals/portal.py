"""What an advocate sees of the friends they brought: a name and four steps, nothing of what they bought."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from advocates.models import Contact
from advocates.selectors import public_name
from campaigns.portal.shell import contact_of, portal_render, portal_required
from referrals.models import Referral
from referrals.selectors import friends_of

Status = Referral.Status
NEWEST = 3
AT_MOST = 200

# The step that is reached, and its words. Lost, rejected and expired are one to an advocate.
STEPS = {
    Status.SUBMITTED: (1, _lazy("Came by")),
    Status.CONTACTED: (2, _lazy("In touch")),
    Status.QUALIFIED: (3, _lazy("Interested")),
    Status.CONVERTED: (4, _lazy("Customer")),
}
ENDED = _lazy("Not this time")


def friends_panel(request: HttpRequest, contact: Contact) -> str:
    """The newest few, for the portal's home; empty for somebody who recommends nothing."""
    if not contact.enrolments.exists():
        return ""
    context = {"friends": _friends(contact, NEWEST), "all_url": reverse("referrals:portal_friends")}
    return render_to_string("referrals/portal/friends_panel.html", context, request=request)


@require_safe
@portal_required
def friends_page(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    context = {"friends": _friends(contact, AT_MOST), "share_page_url": reverse("campaigns:portal")}
    return portal_render(request, "referrals/portal/friends.html", context)


def _friends(advocate: Contact, count: int) -> list[dict[str, Any]]:
    return [_row(referral) for referral in friends_of(advocate)[:count]]


def _row(referral: Referral) -> dict[str, Any]:
    step, words = STEPS.get(Status(referral.status), (1, ENDED))
    return {
        "label": public_name(referral.friend) or _("A friend"),
        "step": step,
        "status_words": words,
        "when": _("since %(day)s") % {"day": _day(referral.submitted_at)},
        "ended": words is ENDED,
    }


def _day(moment: datetime) -> str:
    return date_format(moment, "DATE_FORMAT")
