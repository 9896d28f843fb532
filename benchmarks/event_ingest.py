"""POST /api/v1/events through gunicorn, against the SQL that such a request issues, sent by pgbench."""

import json
import re
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from django.db import connection
from django.test import Client

from benchmarks.bench import Bench
from benchmarks.harness import Comparison, Figure, Sample, Scale, WrongResult, compare
from benchmarks.meter import Meter
from campaigns.services.api_keys import api_key_create
from config.lib import clock
from referrals.models import ReferralEvent
from tests.servers import postgresql_program, redis_server
from tests.trust.stage import advocate_made, friends_referred
from tests.trust.web import web_server

REQUESTS = {Scale.QUICK: 400, Scale.FULL: 2_400}
# Each with a connection and a friend of its own, on both sides: none waits for another's referral.
CLIENTS = 8
QUOTED_PUBLIC_ID = re.compile(r"'([a-z]{3})_[0-9a-z]{20}'")
MOMENT = re.compile(r"'[0-9-]{10} [0-9:.+]+'::timestamptz")
COMPARISON = Comparison(
    name="event_ingest",
    floor="the same statements, prepared, in one transaction by pgbench with as many clients",
    goal="P5: ≥ 0.35 (reported)",
)

numbers = count()


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: tuple[Any, ...]


def event_ingest(bench: Bench) -> Figure:
    now = clock.now()
    enrolment = advocate_made(now=now, conversion_events=["purchase"])
    friends_referred(enrolment, CLIENTS, now=now)
    _key, secret = api_key_create(name="Shop", source="shop", scope="write", now=now)
    recorded = [_statements(secret, client) for client in range(CLIENTS)]
    with redis_server() as redis_url, web_server(redis_url) as web, TemporaryDirectory() as folder:
        served = Meter([web.pid, bench.postgresql_pid], is_own_counted=False)
        callers = [partial(_post_all, web.port, secret, client) for client in range(CLIENTS)]
        # Each thread of the server opens its connections with its first requests.
        _all_clients(bench, served, callers)
        return compare(
            COMPARISON,
            floor=lambda: _pgbench(bench, recorded, Path(folder)),
            ours=lambda: _all_clients(bench, served, callers),
            scale=bench.scale,
            details=lambda: {"clients": CLIENTS, "statements a request": len(recorded[0])},
        )


def _all_clients(bench: Bench, meter: Meter, clients: Sequence[Callable[[int], None]]) -> Sample:
    """As many rows as answers, or it was done wrongly."""
    share = REQUESTS[bench.scale] // CLIENTS
    before = ReferralEvent.objects.count()
    with meter.running() as spent, ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(client, share) for client in clients]:
            done.result()
    written = ReferralEvent.objects.count() - before
    if written != share * CLIENTS:
        raise WrongResult(f"{written} events for {share * CLIENTS} answers")
    return Sample(written, spent)


# --- ours -------------------------------------------------------------------------------------------------------------


def _post_all(port: int, secret: str, client: int, requests: int) -> None:
    web = HTTPConnection("127.0.0.1", port)
    for _request in range(requests):
        web.request("POST", "/api/v1/events", _body(_event_id(), client), _headers(secret))
        answer = web.getresponse()
        said = answer.read()
        if answer.status != 202:
            raise WrongResult(f"{answer.status}: {said[:200]!r}")
    web.close()


def _body(event_id: str, client: int) -> str:
    friend = {"email": f"friend-{client}@mail.example"}
    return json.dumps({"event_id": event_id, "type": "purchase", "friend": friend, "amount": 5_000, "currency": "USD"})


def _headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}


def _event_id() -> str:
    return f"order-{next(numbers):09}"


# --- the floor --------------------------------------------------------------------------------------------------------


def _statements(secret: str, client: int) -> list[Statement]:
    """What a request of that client issues, from its second sale on: the first is the conversion."""
    statements: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(Statement(sql, tuple(params or ())))
        return execute(sql, params, many, context)

    _post_in_process(secret, client, _event_id())
    event_id = _event_id()
    with connection.execute_wrapper(record):
        _post_in_process(secret, client, event_id)
    # The key and the time are asked for once a second, whoever calls.
    own = [one for one in statements if "campaigns_apikey" not in one.sql and "clock_timestamp" not in one.sql]
    return [Statement(one.sql, tuple(_marked(value, event_id) for value in one.params)) for one in own]


def _post_in_process(secret: str, client: int, event_id: str) -> None:
    shop = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"})
    answer = shop.post("/api/v1/events", _body(event_id, client), content_type="application/json")
    if answer.status_code != 202:
        raise WrongResult(f"{answer.status_code}: {answer.content[:200]!r}")


EVENT_ID = "{event id}"


def _marked(value: Any, event_id: str) -> Any:
    return value.replace(event_id, EVENT_ID) if isinstance(value, str) else value


def _pgbench(bench: Bench, recorded: Sequence[Sequence[Statement]], folder: Path) -> Sample:
    """As many rows as transactions, or it was done wrongly."""
    script = folder / "requests.sql"
    script.write_text(_script(bench, recorded))
    share = REQUESTS[bench.scale] // CLIENTS
    options = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-t", str(share), "-f", str(script), bench.database_url]
    before, meter = ReferralEvent.objects.count(), bench.meter()
    with meter.running() as spent:
        children = getrusage(RUSAGE_CHILDREN)
        subprocess.run([str(postgresql_program("pgbench")), *options], check=True, capture_output=True)
        ended = getrusage(RUSAGE_CHILDREN)
    spent.cpu += ended.ru_utime + ended.ru_stime - children.ru_utime - children.ru_stime
    written = ReferralEvent.objects.count() - before
    if written != share * CLIENTS:
        raise WrongResult(f"{written} events for {share * CLIENTS} transactions")
    return Sample(written, spent)


def _script(bench: Bench, recorded: Sequence[Sequence[Statement]]) -> str:
    """Each client has statements of its own, so that none waits for another's friend."""
    lines = ["\\set n random(1, 9000000000000000000)"]
    with psycopg.connect(bench.database_url, cursor_factory=psycopg.ClientCursor) as own:
        cursor = own.cursor()
        for client, statements in enumerate(recorded):
            lines.append(f"\\if :client_id = {client}")
            lines += ["BEGIN;", *(_written(cursor, one) for one in statements), "COMMIT;", "\\endif"]
    return "\n".join(lines) + "\n"


def _written(cursor: Any, statement: Statement) -> str:
    """The statement with its values in it, those that have to be new made from the number of the transaction."""
    text = " ".join(cursor.mogrify(statement.sql, statement.params).split())
    text = MOMENT.sub("now()", text).replace(f"'{EVENT_ID}'", "('order-' || :n)")
    if "INSERT INTO" in text:
        text = QUOTED_PUBLIC_ID.sub(r"('\1_' || :n)", text)
    return f"{text};"
