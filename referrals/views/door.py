"""What every public page asks at its door: who knocks how often, in which language, and is it a person's own click."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from advocates.services.limits import rate_hit

MISSES = 20
MISSES_WINDOW = timedelta(minutes=10)


def client_address(request: HttpRequest) -> str:
    """The address of whoever called: what the outermost of our own proxies saw; the rest of the header is hearsay."""
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies: int = settings.TRUSTED_PROXIES
    if proxies and len(heard) >= proxies:
        return heard[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def is_document(request: HttpRequest) -> bool:
    """A page that somebody opened: not a picture, a frame or a guess of the browser's. Old browsers do not say."""
    is_guess = "prefetch" in (request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", ""))
    return not is_guess and request.headers.get("Sec-Fetch-Dest", "document") == "document"


def asked_language(request: HttpRequest) -> str:
    """`?lang=` where it names a language of ours, else what the browser asked for."""
    asked = request.GET.get("lang", "").lower()
    return asked if asked in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE


def keep_language(response: HttpResponse, request: HttpRequest, language: str) -> None:
    """Who came by a link with `?lang=` stays in that language."""
    response["Content-Language"] = language
    if "lang" in request.GET:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.IS_SECURE)


def gone(request: HttpRequest) -> HttpResponse:
    """One friendly page, alike for unknown, switched-off, paused and ended."""
    return render(request, "referrals/gone.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)


def may_miss(request: HttpRequest, *, now: datetime) -> bool:
    """Count a code that leads nowhere; False once it is guessing: more than twenty in ten minutes."""
    return rate_hit(key=f"code_miss:{client_address(request)}", limit=MISSES, window=MISSES_WINDOW, now=now)


def code_missed(request: HttpRequest, *, now: datetime) -> HttpResponse:
    return gone(request) if may_miss(request, now=now) else too_many(request)
