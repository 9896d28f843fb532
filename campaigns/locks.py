"""The only `select_for_update` of this app. Order: OutboundMessage, then nothing else.

On SQLite a row cannot be locked: there every write transaction begins IMMEDIATE, so that writers stand in line.
"""

from datetime import datetime

from campaigns.models import OutboundMessage


def next_due_message(*, now: datetime) -> OutboundMessage | None:
    """The longest due mail that no other sender holds at this moment, locked until the transaction ends."""
    due = OutboundMessage.objects.filter(status=OutboundMessage.Status.QUEUED, due_at__lte=now)
    return due.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
