"""`/r/<code>`: the link that advocates share. It leads where the campaign says, never where the address says."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.models import Campaign, Enrolment
from config.lib import clock
from referrals.cookies import channel_of, may_remember, memory_read, memory_write
from referrals.selectors import open_enrolment
from referrals.services.visits import visit_record
from referrals.views.door import client_address, code_missed, is_document


@never_cache
@require_safe
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Record the visit, remember it on this device, and lead on.

    Only a page that somebody opened is remembered, so that a hidden picture or frame earns nobody a credit.
    """
    now = clock.now()
    enrolment = open_enrolment(code, now=now)
    if enrolment is None:
        return code_missed(request, now=now)
    channel = channel_of(request.GET.get("c", ""))
    if request.method == "HEAD":
        return HttpResponseRedirect(destination(enrolment, carries_code=True))
    if not is_document(request) or not may_remember(request):
        _record(request, enrolment, visitor="", channel=channel, now=now)
        return HttpResponseRedirect(destination(enrolment, carries_code=True))
    memory = memory_read(request).touched(code=enrolment.code, channel=channel, at=now)
    _record(request, enrolment, visitor=memory.visitor, channel=channel, now=now)
    response = HttpResponseRedirect(destination(enrolment, carries_code=False))
    memory_write(response, memory, keep=window_of(enrolment.campaign))
    return response


def destination(enrolment: Enrolment, *, carries_code: bool) -> str:
    """The landing page, or the page of the company's that this campaign names; that one always learns the code."""
    own = enrolment.campaign.destination_url
    if own and is_web_address(own):
        parts = urlsplit(own)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("referral_code", enrolment.code)])
        return urlunsplit(parts._replace(query=query))
    landing = reverse("referrals:landing", args=[enrolment.campaign.slug])
    return f"{landing}?r={enrolment.code}" if carries_code else landing


def is_web_address(url: str) -> bool:
    """An ordinary http or https address with a host and without a user, a backslash or a control character."""
    parts = urlsplit(url)
    is_plain = url.isprintable() and not any(sign in url for sign in "\\ ")
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def window_of(campaign: Campaign) -> timedelta:
    return timedelta(days=campaign.attribution_window_days)


def _record(request: HttpRequest, enrolment: Enrolment, *, visitor: str, channel: str, now: datetime) -> None:
    visit_record(
        enrolment=enrolment,
        visitor=visitor,
        channel=channel,
        address=client_address(request),
        agent=request.headers.get("User-Agent", ""),
        is_document=is_document(request),
        now=now,
    )
