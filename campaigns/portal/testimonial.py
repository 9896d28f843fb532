"""Where a customer says in their own words what they think of us, and takes it back."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from advocates.models import Contact
from advocates.selectors import public_name
from advocates.services.limits import rate_hit
from campaigns.forms import TestimonialForm, testimonial_consent_text
from campaigns.models import Testimonial
from campaigns.portal.shell import contact_of, portal_render, portal_required
from campaigns.selectors import company
from campaigns.services.testimonials import testimonial_submit, testimonial_withdraw
from config.lib import clock
from config.lib.errors import DomainError

Status = Testimonial.Status
CONSENT_VERSION = "testimonial-1"
AT_MOST = 20
A_DAY = 10
TONES = {Status.APPROVED: "success", Status.SUBMITTED: "accent"}


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def testimonial_page(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    form = TestimonialForm(
        request.POST if request.method == "POST" else None,
        initial={"shown_name": public_name(contact), "shown_company": _company_of(contact)},
        company_name=company().name,
    )
    if request.method == "POST" and form.is_valid():
        if not rate_hit(key=f"testimonial:{contact.pk}", limit=A_DAY, window=timedelta(days=1), now=clock.now()):
            return render(request, "429.html", status=429)
        if _submitted(contact, form):
            return redirect(f"{request.path}?sent=1")
    context = {
        "form": form,
        "is_sent": request.GET.get("sent") == "1",
        "testimonials": [_row(said) for said in contact.testimonials.order_by("-created_at", "-pk")[:AT_MOST]],
    }
    return portal_render(request, "campaigns/portal/testimonial.html", context)


@require_POST
@portal_required
def testimonial_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Only their own: anybody else's is not there for them."""
    said = contact_of(request).testimonials.filter(public_id=public_id).first()
    if said is None:
        raise Http404
    if Testimonial.MOVES.allows(said.status, Status.WITHDRAWN):
        testimonial_withdraw(testimonial=said, now=clock.now())
    return redirect("campaigns:testimonial")


def testimonial_panel(request: HttpRequest, contact: Contact) -> str:
    """On the portal's home: a way to the form, for who buys from us or recommends us."""
    if not (contact.is_customer or contact.enrolments.exists()):
        return ""
    published = contact.testimonials.filter(status=Status.APPROVED).exists()
    context = {"is_published": published, "url": reverse("campaigns:testimonial")}
    return render_to_string("campaigns/portal/testimonial_panel.html", context, request=request)


def _submitted(contact: Contact, form: TestimonialForm) -> bool:
    answers = form.cleaned_data
    try:
        testimonial_submit(
            contact=contact,
            text=answers["text"],
            shown_name=answers["shown_name"],
            shown_company=answers["shown_company"],
            places=answers["places"],
            language=get_language() or contact.language,
            consent_version=CONSENT_VERSION,
            consent_text=testimonial_consent_text(company().name),
            now=clock.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _row(said: Testimonial) -> dict[str, Any]:
    may_take_back = Testimonial.MOVES.allows(said.status, Status.WITHDRAWN)
    return {
        "said": said,
        "status": _status_words(said),
        "tone": TONES.get(Status(said.status), "neutral"),
        "take_back_url": reverse("campaigns:testimonial_take_back", args=[said.public_id]) if may_take_back else "",
    }


def _status_words(said: Testimonial) -> str:
    """As the person is told it."""
    words = {
        Status.SUBMITTED: _("is being read"),
        Status.APPROVED: _("published"),
        Status.DECLINED: _("not published"),
        Status.WITHDRAWN: _("taken back by you"),
    }
    return words[Status(said.status)]


def _company_of(contact: Contact) -> str:
    details = getattr(contact, "details", None)
    return details.company[:120] if details else ""
