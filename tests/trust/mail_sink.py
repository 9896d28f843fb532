"""A mail server that takes everything, notes whose mail it took, and now and then loses its own answer."""

import random
import socketserver
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes

Connection = socketserver.StreamRequestHandler


class Sink(socketserver.ThreadingTCPServer):
    """`arrived`: the public ids of the mails taken, one entry each time. A mail counts before it is answered."""

    daemon_threads = True

    def __init__(self, *, answer_seconds: float, lost: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.answer_seconds, self.lost = answer_seconds, lost
        self.chance = random.Random(seed)
        self.arrived: list[str] = []
        self.lost_answers = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that is killed hangs up in the middle of a sentence; anything else is an error of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def take(self, raw: bytes) -> bool:
        """Whether the sender is told."""
        self.arrived.append(str(message_from_bytes(raw)["Message-ID"]).strip("<>").partition("@")[0])
        time.sleep(self.answer_seconds)
        told = self.chance.random() >= self.lost
        self.lost_answers += not told
        return told


class Dialogue(Connection):
    """As much of RFC 5321 as smtplib speaks."""

    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"QUIT"):
                self._say("221 bye")
                return
            if line.startswith(b"DATA"):
                self._say("354 go on")
                if not self.server.take(self._text()):
                    return
            self._say("250 ok")

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def mail_sink(*, answer_seconds: float, lost: float, seed: int) -> Iterator[Sink]:
    with Sink(answer_seconds=answer_seconds, lost=lost, seed=seed) as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
