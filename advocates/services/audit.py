from collections.abc import Mapping
from typing import Any

from django.db import models
from structlog.contextvars import get_contextvars

from advocates.models import AuditEntry, User

Facts = Mapping[str, Any] | None


def audit(
    *,
    verb: str,
    row: models.Model,
    actor: User | None = None,
    by: str = "",
    before: Facts = None,
    after: Facts = None,
    reason: str = "",
) -> AuditEntry:
    """Write down who did what to which row, in the caller's transaction; see audit_entry."""
    entry = audit_entry(verb=verb, row=row, actor=actor, by=by, before=before, after=after, reason=reason)
    entry.save(force_insert=True)
    return entry


def audit_entry(
    *,
    verb: str,
    row: models.Model,
    actor: User | None = None,
    by: str = "",
    before: Facts = None,
    after: Facts = None,
    reason: str = "",
) -> AuditEntry:
    """The same, for the caller to write.

    `by` names the way when nobody of the staff acted ("api", "import", a job's name). `before` and `after` hold only
    what the caller picked, never names or addresses: nothing can be erased here.
    """
    return AuditEntry(
        actor=actor,
        actor_label=by or ("console" if actor else "system"),
        verb=verb,
        model=row._meta.label_lower,
        object_id=str(getattr(row, "public_id", row.pk)),
        before=_plain(before),
        after=_plain(after),
        reason=reason[:500],
        request_id=str(get_contextvars().get("request_id", ""))[:64],
    )


def _plain(facts: Facts) -> dict[str, Any]:
    """Values as JSON has them; moments, lazy words and states become text."""
    kept = (int, bool, list, dict, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in (facts or {}).items()}
