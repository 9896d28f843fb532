"""News is a hint, given after the commit: losing one costs seconds, because a sweep finds the row anyway."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from advocates.news import announce as announce, fact_recorded as fact_recorded

# Carries nothing: at least one mail waits to be sent.
mail_waiting = Signal()


def announce_mail() -> None:
    """Tell the sender, once this transaction is committed, that mail waits."""
    transaction.on_commit(partial(mail_waiting.send_robust, sender=None), robust=True)
