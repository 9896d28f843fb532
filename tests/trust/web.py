"""gunicorn as it is deployed, on the database of this process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import DEVNULL, Popen
from sys import executable

import requests

from tests.servers import ROOT, environment, free_port
from tests.trust.trial import database_url, expect

START_SECONDS = 60
STOP_SECONDS = 40
SETTINGS = ROOT / "docs" / "deploy" / "gunicorn.conf.py"


@dataclass(frozen=True, slots=True)
class WebServer:
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def web_server(redis_url: str) -> Iterator[WebServer]:
    """Its workers live as long as it does, so that nothing restarts in the middle of a measurement."""
    port = free_port()
    command = [executable, "-m", "gunicorn", "-c", str(SETTINGS), f"--bind=127.0.0.1:{port}", "--max-requests=0"]
    variables = environment(database_url(), redis_url=redis_url, PORT=str(port))
    process = Popen([*command, "config.wsgi"], cwd=ROOT, env=variables, stdout=DEVNULL, stderr=DEVNULL)
    try:
        server = WebServer(port, process.pid)
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait_for(server: WebServer, process: "Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"{server.url}/healthz", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    expect(False, "the web server did not start")
