"""A key is shown once. We keep its hash: a slow one would cost 300 ms a request and buy nothing for random secrets."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from advocates.models import User
from advocates.services.audit import audit
from campaigns.errors import BadApiKey
from campaigns.models import ApiKey
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
    key.refresh_from_db()
    return key


def api_key_check(*, secret: str, now: datetime) -> ApiKey:
    """The key behind this secret. Raises BadApiKey when it is unknown, revoked or has run out."""
    key = ApiKey.objects.filter(secret_hash=token_hash(secret)).first()
    if key is None or key.revoked_at or (key.expires_at and key.expires_at <= now):
        raise BadApiKey
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    return key
