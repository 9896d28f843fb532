"""“I referred this person”: for friends who came without the link, or over another one."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advocates.models import Contact
from advocates.services.contacts import ContactFacts
from advocates.services.limits import rate_hit
from campaigns.models import Enrolment
from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.errors import DomainError
from referrals.claim_words import answer_words, friend_label
from referrals.forms import FriendClaimedForm
from referrals.models import Claim
from referrals.selectors import CLAIM_DAYS, claims_of
from referrals.services.claims import claim_make

SOURCE = "portal"
AT_MOST = 50
A_DAY = 10
TONES = {Claim.Status.OPEN: "warning", Claim.Status.GRANTED: "success"}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def claim(request: HttpRequest) -> HttpResponse:
    """The answer is the same whether we know the friend or not."""
    contact = contact_of(request)
    form = FriendClaimedForm(request.POST if request.method == "POST" else None, enrolments=_enrolments(contact))
    if form.is_bound and form.is_valid():
        if not rate_hit(key=f"claims:{contact.public_id}", limit=A_DAY, window=timedelta(days=1), now=clock.now()):
            return render(request, "429.html", status=429)
        if _made(request, form):
            return redirect("referrals:portal_claim")
    context = {
        "form": form if form.fields["enrolment"].queryset.exists() else None,  # type: ignore[attr-defined]
        "days": CLAIM_DAYS,
        "claims": [claim_row(made) for made in claims_of(contact)[:AT_MOST]],
    }
    return portal_render(request, "referrals/portal/claim.html", context)


def claim_row(made: Claim) -> dict[str, Any]:
    return {
        "label": friend_label(made),
        "campaign": made.enrolment.campaign.name,
        "status": {"label": made.get_status_display(), "tone": TONES.get(Claim.Status(made.status), "neutral")},
        "words": answer_words(made) or _("You hear from us by %(date)s.") % {"date": _day(made)},
    }


def _made(request: HttpRequest, form: FriendClaimedForm) -> bool:
    answers = form.cleaned_data
    friend = ContactFacts(name=answers["name"], email=answers["email"], phone=answers["phone"])
    try:
        made, is_new = claim_make(
            enrolment=answers["enrolment"], friend=friend, note=answers["note"], source=SOURCE, now=clock.now()
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    sentence = _("Thank you. A colleague looks at it, and you hear from us by %(date)s.")
    if not is_new:
        sentence = _("You have told us of this person before. Below is how it stands.")
    messages.success(request, sentence % {"date": _day(made)} if is_new else sentence)
    return True


def _enrolments(contact: Contact) -> Any:
    mine = Enrolment.objects.filter(contact=contact, status=Enrolment.Status.ACTIVE)
    return mine.select_related("campaign").order_by("-enrolled_at", "-pk")


def _day(made: Claim) -> str:
    return date_format(localtime(made.decide_by), "DATE_FORMAT")
