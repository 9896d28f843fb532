"""A key is shown once. We keep its hash: a slow one would cost 300 ms a request and buy nothing for random secrets."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from advocates.models import User
from advocates.services.audit import audit
from campaigns.errors import BadApiKey
from campaigns.models import ApiKey
from config.lib.lately import Lately
from config.lib.signing import token_hash

PREFIX = "ick_"
SECRET_BYTES = 24  # 192 bits
SHOWN_LENGTH = 10
# `last_used_at` answers "is it still in use?", for which a minute is exact enough.
USE_NOTED_EVERY = timedelta(minutes=1)


def api_key_create(
    *,
    name: str,
    source: str,
    scope: str,
    actor: User | None = None,
    is_test: bool = False,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """The key and its secret, which nobody can read again."""
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        key = ApiKey.objects.create(
            name=name,
            source=source,
            scope=scope,
            shown_prefix=secret[:SHOWN_LENGTH],
            secret_hash=token_hash(secret),
            is_test=is_test,
            expires_at=expires_at,
            created_by=actor,
        )
        audit(
            verb="api_key_created",
            row=key,
            actor=actor,
            by="" if actor else "command",
            after={"source": source, "scope": scope, "test": is_test, "at": now.isoformat()},
        )
    return key, secret


def api_key_revoke(*, key: ApiKey, actor: User | None, now: datetime) -> ApiKey:
    """From this moment it is refused. A second call changes nothing."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
            audit(verb="api_key_revoked", row=key, actor=actor, after={"revoked_at": now.isoformat()})
    known.forget()
    key.refresh_from_db()
    return key


def api_key_check(*, secret: str, now: datetime) -> ApiKey:
    """The key behind this secret. Raises BadApiKey when it is unknown, has run out, or was revoked a second ago."""
    key = known(token_hash(secret))
    if key is None or key.revoked_at or (key.expires_at and key.expires_at <= now):
        raise BadApiKey
    if key.last_used_at is None or key.last_used_at < now - USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        key.last_used_at = now
    return key


def _by_hash(secret_hash: str) -> ApiKey | None:
    return ApiKey.objects.filter(secret_hash=secret_hash).first()


known = Lately(_by_hash)
