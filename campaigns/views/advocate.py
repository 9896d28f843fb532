"""An advocate's own page, from a mail: link, code and share tools without signing in; no names, no money."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from advocates.services.limits import rate_hit
from campaigns.models import Enrolment
from campaigns.selectors import copy_for, enrolment_of_token, is_open
from campaigns.services.enrolments import share_record
from campaigns.sharing import CHANNELS, COPIED, qr_png, share_tools
from config.lib import clock

SHARES_AN_HOUR = 30


@never_cache
@require_safe
def link_page(request: HttpRequest, token: str) -> HttpResponse:
    enrolment = _enrolment(token)
    if not is_open(enrolment.campaign, clock.now()):
        return render(request, "campaigns/advocate_closed.html", {"portal_url": reverse("campaigns:portal")})
    language = get_language() or settings.LANGUAGE_CODE
    context = {
        "copy": copy_for(enrolment.campaign, language),
        "share": share_tools(enrolment, language=language),
        "portal_url": reverse("campaigns:portal"),
    }
    return render(request, "campaigns/advocate.html", context)


@csrf_exempt  # it only counts, for the holder of the token, and a count moves nothing of worth
@require_POST
def share(request: HttpRequest, token: str) -> HttpResponse:
    """Count a press of a share button; more than thirty an hour are not counted."""
    enrolment = _enrolment(token)
    now = clock.now()
    if rate_hit(key=f"share:{enrolment.pk}", limit=SHARES_AN_HOUR, window=timedelta(hours=1), now=now):
        channel = request.POST.get("channel", "")
        share_record(enrolment=enrolment, channel=channel if channel in CHANNELS else COPIED, now=now)
    return HttpResponse(status=204)


@require_safe
def qr(_request: HttpRequest, token: str) -> HttpResponse:
    """The QR code as a picture to print."""
    enrolment = _enrolment(token)
    response = HttpResponse(content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="{enrolment.code}.png"'
    qr_png(enrolment, out=response)
    return response


def _enrolment(token: str) -> Enrolment:
    enrolment = enrolment_of_token(token)
    if enrolment is None or enrolment.status != Enrolment.Status.ACTIVE:
        raise Http404
    return enrolment
