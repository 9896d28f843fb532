"""The sweep claims all mails that are due, one by one, against one UPDATE that claims all of them."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from campaigns.messaging.mails import MAILS
from campaigns.models import OutboundMessage
from campaigns.services.delivery import LEASE, message_claim as claim_next
from campaigns.services.messages import message_queue
from config.lib import clock
from config.lib.ids import new_public_id

DUE = {Scale.QUICK: 1_000, Scale.FULL: 10_000}
MAIL = "new_referral"
TABLE = OutboundMessage._meta.db_table
Status = OutboundMessage.Status
COMPARISON = Comparison(
    name="message_claim",
    floor="one UPDATE of all due mails, which asks nothing and could strand all of them",
    goal="P10: ≥ 0.33 (reported)",
)


def message_claim(bench: Bench) -> Figure:
    _mails(DUE[bench.scale])
    return compare(
        COMPARISON,
        floor=lambda: _claimed(_all_at_once, bench),
        ours=lambda: _claimed(_one_by_one, bench),
        scale=bench.scale,
        details=lambda: _details(bench),
    )


def _mails(count: int) -> None:
    """Mails as a referral writes them, with their texts; kept aside to begin every round with."""
    values = dict.fromkeys(MAILS[MAIL].placeholders, "something")
    first = message_queue(
        mail=MAIL, key="benchmark:0", values=values, staff_address="maya@fernway.example", now=clock.now()
    )
    assert first is not None
    OutboundMessage.objects.bulk_create(_copies(first, count - 1), batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE kept AS TABLE {TABLE}")


def _copies(first: OutboundMessage, count: int) -> Iterator[OutboundMessage]:
    same = {field.name: getattr(first, field.name) for field in OutboundMessage._meta.concrete_fields}
    for number in range(1, count + 1):
        own = {"id": None, "public_id": new_public_id("msg"), "dedupe_key": f"benchmark:{number}"}
        yield OutboundMessage(**same | own)


def _claimed(work: Callable[[], int], bench: Bench) -> Sample:
    """Every mail is claimed once, and none twice."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")
        cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM kept")
        cursor.execute(f"ANALYZE {TABLE}")
    with bench.meter().running() as spent:
        claimed = work()
    right = OutboundMessage.objects.filter(status=Status.SENDING, attempts=1, lease_until__isnull=False).count()
    if (claimed, right) != (DUE[bench.scale], DUE[bench.scale]):
        raise WrongResult(f"{claimed} claims of {DUE[bench.scale]} mails, {right} of them right")
    return Sample(claimed, spent)


def _one_by_one() -> int:
    now = clock.now()
    claimed = 0
    while claim_next(now=now):
        claimed += 1
    return claimed


def _all_at_once() -> int:
    now = clock.now()
    with transaction.atomic():
        due = OutboundMessage.objects.filter(status=Status.QUEUED, due_at__lte=now)
        return due.update(status=Status.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)


def _details(bench: Bench) -> dict[str, Any]:
    return {"mails": DUE[bench.scale], "lost to a kill, at most": "1 mail by our way, all of them by the floor"}
