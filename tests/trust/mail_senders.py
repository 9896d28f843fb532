"""`python -m tests.trust.mail_senders guarded|unguarded COUNT`: sends what waits, in processes that may be killed.

Django is loaded once, each sender is forked from that, and whoever dies is replaced. SIGTERM ends all of them, each
after the mail that it has in hand.
"""

import os
import signal
import sys
import time

import django

django.setup()

from django.db import connections, transaction  # noqa: E402 - models load after django.setup()

from campaigns.locks import next_due_message  # noqa: E402
from campaigns.messaging import transport  # noqa: E402
from campaigns.models import OutboundMessage  # noqa: E402
from campaigns.services.delivery import messages_send  # noqa: E402
from config.lib import clock  # noqa: E402

LOOK_SECONDS = 0.02


class Stop:
    asked = False


def main(mode: str, count: int) -> None:
    signal.signal(signal.SIGTERM, _ask_to_stop)
    # A child that inherits a connection would end it for its parent.
    connections.close_all()
    senders = {_sender(mode) for _number in range(count)}
    while not Stop.asked:
        ended, _status = os.waitpid(-1, os.WNOHANG)
        if ended:
            senders.remove(ended)
            senders.add(_sender(mode))
        time.sleep(LOOK_SECONDS)
    for pid in senders:
        os.kill(pid, signal.SIGTERM)
    for pid in senders:
        os.waitpid(pid, 0)


def _sender(mode: str) -> int:
    pid = os.fork()
    if pid == 0:
        while not Stop.asked:
            SEND[mode]()
            time.sleep(LOOK_SECONDS)
        os._exit(0)
    return pid


def _guarded() -> None:
    messages_send(clock.now())


def _unguarded() -> None:
    """The twin: nothing is committed before the mail is out."""
    with transaction.atomic():
        message = next_due_message(now=clock.now())
        if message:
            transport.send(message)
            OutboundMessage.objects.filter(pk=message.pk).update(status=OutboundMessage.Status.SENT)


def _ask_to_stop(_number: int, _frame: object) -> None:
    Stop.asked = True


SEND = {"guarded": _guarded, "unguarded": _unguarded}

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
