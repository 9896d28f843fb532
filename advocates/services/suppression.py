"""Whom we do not write to is kept as a keyed hash, so that it outlives erasure and survives a new import."""

from datetime import datetime

from django.db import transaction

from advocates.identity import email_key
from advocates.models import Suppression, User
from advocates.selectors import SUPPRESSION_PURPOSE, suppressions_of
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.signing import keyed_hash


def suppression_add(
    *, address: str, scope: str, reason: str, now: datetime, actor: User | None = None, by: str = ""
) -> Suppression:
    """Never write to this address again within the scope. Safe to repeat. Raises BadEmail."""
    with transaction.atomic():
        suppression, is_new = insert_once(
            Suppression,
            unique=["key_hash", "scope"],
            key_hash=keyed_hash(SUPPRESSION_PURPOSE, email_key(address).value),
            scope=scope,
            reason=reason,
        )
        if is_new:
            facts = {"scope": scope, "reason": reason, "at": now}
            audit(verb="suppression.added", row=suppression, actor=actor, by=by, after=facts)
    return suppression


def suppression_lift(*, address: str, actor: User | None, reason: str, by: str = "") -> int:
    """Allow mails to this address again; how many suppressions were lifted. The audit trail keeps that they stood."""
    with transaction.atomic():
        lifted = list(suppressions_of(address))
        for suppression in lifted:
            facts = {
                "scope": suppression.scope,
                "reason": suppression.reason,
                "since": suppression.created_at,
            }
            audit(verb="suppression.lifted", row=suppression, actor=actor, by=by, before=facts, reason=reason)
            suppression.delete()
    return len(lifted)
