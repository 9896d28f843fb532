"""No task waits inside the broker: Redis hands out again and again what waits longer than its visibility timeout."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from celery.signals import before_task_publish
from django.core.management import call_command
from django.db import transaction

from campaigns.tasks import mail_doorbell
from config.tasks import run_job
from tests.servers import ROOT
from tests.trust.trial import Figures, Size, expect

DELAYS = {"eta", "countdown"}
FLOORS = ("config", "advocates", "campaigns", "referrals", "rewards")


def no_eta(seed: int, size: Size) -> Figures:
    """None in the source, and none on its way while a whole company lives through a year."""
    sources = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    written = [f"{path.relative_to(ROOT)}:{line}" for path in sources for line in _delays(path.read_text())]
    expect(not written, f"put off in the source: {written}")
    with _publishing() as published, _commits_at_once():
        call_command("demo_data", verbosity=0, stdout=_Silence())
    late = [task for task, headers in published if headers.get("eta")]
    expect(published, "nothing was rung, so nothing could be seen")
    expect(not late, f"put off at run time: {sorted(set(late))}")
    _control()
    return {"files": len(sources), "tasks rung": len(published), "put off": len(late)}


def _control() -> None:
    """Both ways of looking see a delay where there is one."""
    expect(list(_delays("task.apply_async(countdown=3600)")), "the source control was not seen")
    with _publishing() as published:
        mail_doorbell.apply_async(countdown=3600)
        run_job.apply_async(kwargs={"name": "x"})
    seen = [bool(headers.get("eta")) for _task, headers in published]
    expect(seen == [True, False], "the run-time control was not seen")


def _delays(source: str) -> Iterator[int]:
    """Lines on which anything is called with a time to wait for."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and DELAYS & {keyword.arg for keyword in node.keywords}:
            yield node.lineno


@contextmanager
def _publishing() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    published: list[tuple[str, dict[str, Any]]] = []

    def see(sender: str, headers: dict[str, Any], **_signal: Any) -> None:
        published.append((sender, headers))

    before_task_publish.connect(see, weak=False)
    try:
        yield published
    finally:
        before_task_publish.disconnect(see)


@contextmanager
def _commits_at_once() -> Iterator[None]:
    """Inside a test's transaction nothing is ever committed; bells ring all the same."""

    def at_once(work: Callable[[], Any], using: str | None = None, robust: bool = False) -> None:
        work()

    with patch.object(transaction, "on_commit", at_once):
        yield


class _Silence:
    def write(self, _text: str) -> int:
        return 0
