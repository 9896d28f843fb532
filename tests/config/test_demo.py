"""The demo comes up by itself, tells how to get in, and leaves nothing behind but its data."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from itertools import count

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from advocates.models import Contact, Purchase
from campaigns.models import Campaign, OutboundMessage
from config.lib.http import is_port_free, own_status
from referrals.models import Referral
from rewards.ledger.check import ledger_problems
from rewards.models import PayoutRun, Reward
from tests.migrated import sqlite_copy


def rows():
    models = (Contact, Purchase, Campaign, Referral, Reward, PayoutRun, OutboundMessage)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.slow
@pytest.mark.django_db
def test_what_the_demo_holds(capsys):
    """Loading it takes seconds: once, for all that is to be said of it."""
    call_command("demo_data")
    said = capsys.readouterr().out
    assert [line.split()[0] for line in said.splitlines()] == ["sales", "support", "marketing", "finance", "admin"]
    assert set(Referral.objects.values_list("status", flat=True)) == set(Referral.Status.values)
    the_campaigns_are_those_of_the_contract()
    assert sorted(PayoutRun.objects.values_list("status", flat=True)) == ["closed", "draft"], "one waits for a second"
    assert ledger_problems() == []
    assert set(OutboundMessage.objects.values_list("status", flat=True)) == {"sent"}, "none waits, none failed"
    before = rows()
    call_command("demo_data")
    assert rows() == before, "a second time adds nothing"


def the_campaigns_are_those_of_the_contract():
    give, cash = Campaign.objects.get(slug="give-and-get"), Campaign.objects.get(slug="thank-you-cash")
    paid = {(rule.benefit, row.amount, row.unit) for rule in give.rules.all() for row in rule.amounts.all()}
    assert paid == {("credit", 2000, "USD"), ("coupon", 1000, "percent")}
    paid = {(rule.benefit, row.amount, row.unit) for rule in cash.rules.all() for row in rule.amounts.all()}
    assert paid == {("cash", 2500, "EUR")}
    assert give.status == cash.status == Campaign.Status.ACTIVE


def test_demo_data_do_not_go_into_an_installation_for_the_public(settings):
    settings.IS_LOCAL = False
    with pytest.raises(CommandError, match="local"):
        call_command("demo_data")


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_that_is_taken_is_said_in_one_sentence(settings, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        settings.PORT = port
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("demo")


def processes_of(group_leader):
    """Command lines of all processes that carry our marker in their environment."""
    marker = f"DEMO_TEST={group_leader}".encode()
    found = []
    for folder in os.listdir("/proc"):
        try:
            with open(f"/proc/{folder}/environ", "rb") as file:
                if marker in file.read():
                    found.append(folder)
        except (FileNotFoundError, NotADirectoryError, PermissionError, ProcessLookupError):
            continue
    return found


@pytest.fixture
def demo(tmp_path, port):
    """`demo()` starts the demo on a database of its own; whatever it leaves behind is ended."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3",
        "REDIS_URL": "",
        "PORT": str(port),
        "DEMO_TEST": str(port),
    }
    manage = [sys.executable, "manage.py"]

    def migrate():
        subprocess.run([*manage, "migrate", "-v0"], cwd=settings.BASE_DIR, env=environment, check=True)

    sqlite_copy(tmp_path / "demo.sqlite3", migrate)
    rounds = count(1)

    def start():
        output = tmp_path / f"output-{next(rounds)}"
        with output.open("wb") as file:
            command = [*manage, "demo"]
            started = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=file, stderr=file)
        return started, output.read_text

    yield start
    for process in processes_of(port):
        os.kill(int(process), signal.SIGKILL)


def wait_for(condition, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.3)


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at /proc")
def test_the_demo_comes_up_leaves_nothing_behind_and_comes_up_again(demo, port):
    for ending in (signal.SIGINT, signal.SIGTERM):
        process, output = demo()
        wait_for(lambda output=output, process=process: "Mails" in output() or process.poll() is not None)
        said = output()
        assert process.poll() is None, said
        assert own_status(port, "/readyz") == 200
        assert len(re.findall(r"@fernway\.example   coffee", said.partition("is running")[2])) == 2
        (link,) = re.findall(r"http://\S+/portal/in/\S+", said)
        with urllib.request.urlopen(link) as page:
            assert page.status == 200
        process.send_signal(ending)
        assert process.wait(timeout=60) == 0
        assert "Stopped" in output()
        assert processes_of(port) == []
        assert is_port_free(port)
