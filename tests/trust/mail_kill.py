"""Senders are killed at random while they send. Nobody gets a mail twice, and none is lost without a word."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.test import Client

from advocates.models import User
from campaigns.messaging.mails import MAILS
from campaigns.models import OutboundMessage
from campaigns.services.delivery import LEASE, messages_park
from campaigns.services.messages import message_queue
from config.lib import clock
from tests.servers import ROOT, environment
from tests.trust.mail_sink import mail_sink
from tests.trust.stage import company_made
from tests.trust.trial import Figures, Size, database_url, expect

MAIL = "new_referral"
COUNT = {Size.SHORT: 120, Size.FULL: 300}
KILLS = {Size.SHORT: 10, Size.FULL: 20}
SENDERS = 2
# A mail takes so long that most kills meet one on its way.
ANSWER_SECONDS = 0.08
LOST_ANSWERS = 0.03
DEADLINE_SECONDS = 240
Status = OutboundMessage.Status


def mail_kill(seed: int, size: Size) -> Figures:
    """Duplicates: none. Whose outcome nobody knows is parked, and the console shows it."""
    company_made()
    chance = random.Random(seed)
    with mail_sink(answer_seconds=ANSWER_SECONDS, lost=LOST_ANSWERS, seed=seed) as sink:
        _queue("guarded", COUNT[size])
        _send_while_killing("guarded", sink.port, KILLS[size], chance)
    by_kill = messages_park(now=clock.now() + LEASE)
    arrived = Counter(sink.arrived)
    twice = _twice(arrived)
    expect(twice == 0, f"{twice} mails arrived twice")
    parked = _nothing_is_lost(arrived)
    expect(parked <= KILLS[size] + sink.lost_answers, f"{parked} mails parked by {KILLS[size]} kills")
    expect(_shown_to_staff() == parked, f"the console shows {_shown_to_staff()} of {parked} parked mails")
    return {
        "mails": COUNT[size],
        "kills": KILLS[size],
        "answers lost": sink.lost_answers,
        "twice": twice,
        "parked": parked,
        "parked by kill": by_kill,
        "control twice": _control(size, chance, seed),
    }


def _control(size: Size, chance: random.Random, seed: int) -> int:
    """The twin holds the row's lock while it sends, and writes down afterwards that it did."""
    OutboundMessage.objects.all().delete()
    with mail_sink(answer_seconds=ANSWER_SECONDS, lost=0, seed=seed) as sink:
        _queue("unguarded", COUNT[size])
        _send_while_killing("unguarded", sink.port, KILLS[size], chance)
    twice = _twice(Counter(sink.arrived))
    expect(twice, "the control sent nothing twice: no kill met a mail on its way")
    return twice


def _twice(arrived: Counter[str]) -> int:
    return sum(times > 1 for times in arrived.values())


def _nothing_is_lost(arrived: Counter[str]) -> int:
    """Every mail is sent, and then it arrived, or parked: how many are."""
    rows = list(OutboundMessage.objects.values_list("public_id", "status"))
    left = Counter(status for _id, status in rows if status not in (Status.SENT, Status.UNCERTAIN))
    expect(not left, f"left over: {left}")
    unsent = [public_id for public_id, status in rows if status == Status.SENT and not arrived[public_id]]
    expect(not unsent, f"{len(unsent)} mails count as sent and never arrived")
    return sum(status == Status.UNCERTAIN for _id, status in rows)


def _shown_to_staff() -> int:
    """How many a colleague finds in the console under “outcome unknown”."""
    ada = User.objects.filter(email="ada@fernway.example").first() or User.objects.create_superuser(
        "ada@fernway.example", "a sentence that nobody guesses"
    )
    console = Client()
    console.force_login(ada)
    page = console.get("/admin/campaigns/outboundmessage/", {"status__exact": Status.UNCERTAIN}, follow=True)
    return int(page.context["cl"].result_count)


def _queue(batch: str, count: int) -> None:
    values = dict.fromkeys(MAILS[MAIL].placeholders, "something")
    for number in range(count):
        message_queue(
            mail=MAIL,
            key=f"trial:{batch}:{number}",
            values=values,
            staff_address=f"colleague-{number}@fernway.example",
            now=clock.now(),
        )


def _send_while_killing(mode: str, port: int, kills: int, chance: random.Random) -> None:
    """Kill that many senders while there is something to send; the others go on until the queue is empty."""
    until = time.monotonic() + DEADLINE_SECONDS
    killed = 0
    with _senders(mode, port) as pool:
        while OutboundMessage.objects.filter(status=Status.QUEUED).exists():
            expect(time.monotonic() < until, f"not all was sent within {DEADLINE_SECONDS} s")
            time.sleep(chance.uniform(0.05, 0.4))
            living = _children(pool)
            if killed < kills and living and _has_begun():
                killed += _kill(chance.choice(living))
    expect(killed == kills, f"all was sent after {killed} of {kills} kills")


def _has_begun() -> bool:
    return OutboundMessage.objects.exclude(status=Status.QUEUED).exists()


def _kill(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _children(pool: "subprocess.Popen[bytes]") -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{pool.pid}/task/{pool.pid}/children").read_text().split()]


@contextmanager
def _senders(mode: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Two sending processes and one that replaces those that die. All have ended afterwards."""
    command = [sys.executable, "-m", "tests.trust.mail_senders", mode, str(SENDERS)]
    smtp = f"smtp://127.0.0.1:{port}"
    pool = subprocess.Popen(command, cwd=ROOT, env=environment(database_url(), EMAIL_URL=smtp))
    try:
        yield pool
    finally:
        pool.terminate()
        pool.wait(30)
