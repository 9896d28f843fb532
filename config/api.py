"""The HTTP API, put together: one door, one way to say no, one memory for repeated calls."""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from advocates.api import router as contacts
from advocates.api_data import router as contact_data
from advocates.api_people import router as people
from advocates.errors import IdentityConflict
from advocates.services.conflicts import conflict_keep
from campaigns.api import router as campaigns
from campaigns.errors import BadApiKey
from campaigns.models import ApiKey, IdempotentAnswer
from campaigns.services.api_keys import api_key_check
from campaigns.services.idempotency import Call, answer_find, answer_keep
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.schemas import FieldProblem, Problem
from referrals.api import router as referrals
from rewards.api import router as rewards

KEY_HEADER = "Idempotency-Key"
REPLAY_HEADER = "Idempotent-Replay"
KEY_LENGTH = 128
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What has a unique id of its own changes nothing when it is done again: nobody looks beforehand whether it was.
ONCE_BY_THEMSELVES = ("/events", "/refunds")

View = Callable[..., HttpResponse]


class OutOfScope(DomainError):
    code = "scope"
    status = 403


class BadIdempotencyKey(DomainError):
    code = "bad_idempotency_key"


class BearerKey(HttpBearer):
    """`Authorization: Bearer <key>`. A key that may only read gets 403 for a write."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        key = api_key_check(secret=token, now=clock.now())
        if request.method not in SAFE_METHODS and key.scope != ApiKey.Scope.WRITE:
            raise OutOfScope(_("This key may only read."))
        return key


bearer = BearerKey()
api = NinjaAPI(
    title="Innercircle",
    version="1",
    description="Tell what happened, read what was earned. Money is in minor units of its currency.",
    auth=bearer,
    urls_namespace="api",
)


def problem(
    *, status: int, code: str, detail: str, errors: list[FieldProblem] | None = None, **extra: Any
) -> HttpResponse:
    """An RFC 9457 answer. `extra` members stand beside the standard ones."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail, errors=errors)
    written = api.renderer.render(None, body.model_dump(exclude_none=True) | extra, response_status=status)  # type: ignore[arg-type]
    return HttpResponse(written, status=status, content_type="application/problem+json")


@api.exception_handler(DomainError)
def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    if isinstance(refusal, IdentityConflict):
        conflict_keep(conflict=refusal, now=clock.now())
    field = refusal.extra.get("field")
    errors = [FieldProblem(field=field, detail=str(refusal))] if field else None
    extra = {name: value for name, value in refusal.extra.items() if name != "field"}
    return problem(status=refusal.status, code=refusal.code, detail=str(refusal), errors=errors, **extra)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [FieldProblem(field=_field(entry["loc"]), detail=entry["msg"]) for entry in error.errors]
    detail = "; ".join(f"{entry.field}: {entry.detail}" for entry in errors[:3])
    return problem(status=422, code="invalid", detail=detail, errors=errors)


@api.exception_handler(AuthenticationError)
def unknown_caller(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refused(request, BadApiKey())


@api.exception_handler(HttpError)
def not_readable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(status=error.status_code, code="bad_request", detail=str(error))


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(status=413, code="too_big", detail=str(_("The body of a request is at most 2 MiB.")))


def answered_once(view: View) -> View:
    """The same Idempotency-Key and body give the first answer again, marked as a replay."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get(KEY_HEADER)
        if request.method in SAFE_METHODS or key is None:
            return view(request, *args, **kwargs)
        try:
            return _first_or_again(request, key, lambda: view(request, *args, **kwargs))
        except (DomainError, RequestDataTooBig) as refusal:
            return api.on_exception(request, refusal)

    return door


class _Twin(Exception):
    """Somebody has answered the same call meanwhile."""


def _first_or_again(request: HttpRequest, key: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    source = _source(request)
    if source is None:
        return work()
    if not key.isprintable() or not 0 < len(key) <= KEY_LENGTH:
        raise BadIdempotencyKey(_("An Idempotency-Key has 1 to 128 printable characters."))
    body_hash = hashlib.sha256(request.body).hexdigest()
    call = Call(source=source, key=key, path=f"{request.method} {request.path}"[:254], body_hash=body_hash)
    earlier = None if request.path.endswith(ONCE_BY_THEMSELVES) else answer_find(call)
    if earlier:
        return _again(earlier)
    try:
        return _first(call, work)
    except _Twin:
        earlier = answer_find(call)
    return _again(earlier) if earlier else _first(call, work)


def _first(call: Call, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The work and its answer in one transaction. Raises _Twin."""
    with transaction.atomic():
        answer = work()
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or "no-store" in answer.get("Cache-Control", ""):
            return answer
        if not answer_keep(call, status=answer.status_code, body=answer.content.decode(), now=clock.now()):
            raise _Twin
    return answer


def _again(kept: IdempotentAnswer) -> HttpResponse:
    content_type = _content_type(kept.response_status)
    answer = HttpResponse(kept.response_body, status=kept.response_status, content_type=content_type)
    answer[REPLAY_HEADER] = "true"
    return answer


def _content_type(status: int | None) -> str:
    return "application/json" if status is not None and status < HTTPStatus.BAD_REQUEST else "application/problem+json"


def _source(request: HttpRequest) -> str | None:
    """Whose memory to look in; None lets the door itself refuse an unknown caller, or one that may only read."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        key = api_key_check(secret=token, now=clock.now())
    except BadApiKey:
        return None
    return key.source if key.scope == ApiKey.Scope.WRITE else None


def _field(location: tuple[Any, ...]) -> str:
    """`("body", "body", "items", 0, "amount")` as `items.0.amount`."""
    return ".".join(str(part) for part in location[2:]) or "body"


api.add_decorator(answered_once, mode="view")
for router in (contacts, contact_data, people, campaigns, referrals, rewards):
    api.add_router("", router)
