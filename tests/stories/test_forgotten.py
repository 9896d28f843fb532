"""An installation with its own processes: what somebody who asked to be forgotten leaves in database, mails, logs and
broker. Every step goes through a door that other systems and people use.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.canary import CANARY, NOTE, found_in
from tests.installation import Answer, Installation
from tests.stories.console import look_up, sign_in

GIVE = "give-and-get"
# The database is looked through by its tables: what a file of SQLite has freed is not in a dump of it.
NOT_READ = ("innercircle.sqlite3",)


@pytest.mark.story
def test_nothing_of_a_person_is_left_in_a_running_house(tmp_path: Path) -> None:
    with Installation(tmp_path / "house") as house:
        # The story is told as of the past: nobody else sends its mails meanwhile.
        house.manage("demo_data")
        house.start()
        live(house)
        before = found(house)
        assert {name.partition(":")[0] for name in before} >= {"table", "file"}, before
        assert not logged(before), "not even while they were with us"

        done = house.manage("contact_erase", CANARY.email, "--yes")
        assert "era_" in done
        assert not found_in(done)

        assert found(house) == {}
        house.manage("ledger_check")


def live(house: Installation) -> None:
    """Told by the shop, enrolled, recommending, recommended, signing in, looked up by staff."""
    told = {"external_id": CANARY.external_id, "email": CANARY.email, "phone": CANARY.phone, "name": CANARY.name}
    person = call(house, "contacts", told | {"company": CANARY.company, "metadata": {"pet": NOTE}}, key="a").body
    enrolled = call(house, f"campaigns/{GIVE}/enrolments", {"contact": {"id": person["id"]}}).body
    friend = {"email": "friend.of@mail.example", "name": "Robin Frei"}
    referred = {"referral_code": enrolled["referral_code"], "friend": friend, "note": NOTE}
    call(house, f"campaigns/{GIVE}/referrals", referred)
    call(house, f"contacts/{person['id']}/nps", {"score": 10, "comment": NOTE})
    call(house, f"contacts/{person['id']}/moments", {"kind": "public_praise", "note": NOTE})
    call(house, "events", {"event_id": "o-1", "type": "purchase", "amount": 900, "currency": "USD", "friend": told})
    visitor = house.visitor()
    visitor.send(visitor.get("/portal/sign-in/").form(), email=CANARY.email)
    house.mail(to=CANARY.email)
    ada = sign_in(house, "ada")
    look_up(ada, "advocates/contact", CANARY.email)
    ada.get("/admin/search/?q=zephyrhawk")


def call(house: Installation, path: str, body: dict[str, object], key: str = "") -> Answer:
    headers = {"Idempotency_Key": key} if key else {}
    answer = house.api("POST", path, body, **headers)
    assert answer.status < 300, answer
    return answer


def found(house: Installation) -> dict[str, set[str]]:
    """`table:…`, `file:…` or `broker:…` → the canary's words that stand there."""
    looked = {name: found_in(text) for name, text in [*tables(house), *files(house), *broker(house)]}
    return {name: words for name, words in looked.items() if words}


def logged(found_words: dict[str, set[str]]) -> list[str]:
    return [name for name in found_words if name in ("file:house/web.log", "file:house/worker.log")]


def tables(house: Installation) -> Iterator[tuple[str, str]]:
    names = (
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        if house.is_postgres
        else "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    for (table,) in house.query(names):
        rows = house.query(f'SELECT * FROM "{table}"')
        yield f"table:{table}", json.dumps(rows, default=str, ensure_ascii=False)


def files(house: Installation) -> Iterator[tuple[str, str]]:
    for path in house.folder.rglob("*"):
        if path.is_file() and not path.name.startswith(NOT_READ):
            yield f"file:{path.relative_to(house.folder.parent)}", path.read_bytes().decode("utf-8", "replace")


def broker(house: Installation) -> Iterator[tuple[str, str]]:
    """On PostgreSQL tasks wait in Redis; otherwise in files, which stand among the files."""
    if not house.is_postgres:
        return
    client = redis.from_url(house.environment["REDIS_URL"])
    for key in client.scan_iter():
        kind = client.type(key)
        values = client.lrange(key, 0, -1) if kind == b"list" else client.hgetall(key) if kind == b"hash" else ""
        yield f"broker:{key!r}", f"{key!r} {values!r}"
