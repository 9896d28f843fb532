"""Everything that stands here about one person, to be read by a machine. Nothing in it is about anybody else."""

from datetime import datetime
from typing import Any

from django.utils.translation import override

from advocates.models import Contact, User
from advocates.people import Row, family, tables
from advocates.services.audit import audit
from advocates.standing import standing

# Sections and columns are only ever added under one version.
VERSION = 1


def contact_export(*, contact: Contact, now: datetime, actor: User | None = None, by: str = "") -> dict[str, Any]:
    """A section for each registered table, also for the empty ones: so they say that there is nothing.

    Days and moments are ISO 8601 (UTC), amounts whole minor units of the `unit` beside them. That it was taken out is
    kept in the trail.
    """
    contact = standing(Contact.objects.get(pk=contact.pk))
    members = family(contact)
    with override("en"):
        sections = [
            {"table": entry.name, "title": str(entry.title), "rows": _rows(entry.export, members)} for entry in tables()
        ]
    audit(verb="contact.exported", row=contact, actor=actor, by=by)
    return {
        "format": "innercircle-person",
        "version": VERSION,
        "id": contact.public_id,
        "exported_at": now.isoformat(),
        "sections": sections,
    }


def _rows(export: Any, members: list[Contact]) -> list[Row]:
    return [row for member in members for row in export(member)]
