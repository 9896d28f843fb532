"""For load balancers and monitors: is it alive, and is it ready? No names, no numbers of business."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError, OperationalError

from campaigns.models import OutboundMessage
from config.celery import app
from config.lib import clock

# Sweeps come every half minute: what is due for longer says that the worker or the beat stands still.
LATE_AFTER = timedelta(minutes=5)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database and the broker answer and nothing that is due waits too long; else 503."""
    if not database_answers():
        return JsonResponse({"database": False}, status=503)
    waited = oldest_due(now=clock.now())
    facts = {"database": True, "broker": broker_answers(), "oldest_due_seconds": int(waited.total_seconds())}
    is_ready = facts["broker"] and waited <= LATE_AFTER
    return JsonResponse(facts, status=200 if is_ready else 503)


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_answers() -> bool:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
            return bool(broker.default_channel)
    except (KombuError, OperationalError, OSError):
        return False


def oldest_due(*, now: datetime) -> timedelta:
    """For how long the oldest waiting mail has been due."""
    queued = OutboundMessage.objects.filter(status=OutboundMessage.Status.QUEUED)
    oldest = queued.aggregate(oldest=Min("due_at"))["oldest"]
    return max(now - oldest, timedelta()) if oldest else timedelta()
