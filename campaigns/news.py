"""News is a hint, given after the commit: losing one costs seconds, because a sweep finds the row anyway."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Carries `source` ("referral_event", "enrolment_event") and `pk`: an event row waits for the rule engine.
fact_recorded = Signal()

# Carries nothing: at least one mail waits to be sent.
mail_waiting = Signal()


def announce(*, source: str, pk: int) -> None:
    """Tell the rule engine, once this transaction is committed, that a fact waits."""
    transaction.on_commit(partial(fact_recorded.send_robust, sender=None, source=source, pk=pk), robust=True)


def announce_mail() -> None:
    """Tell the sender, once this transaction is committed, that mail waits."""
    transaction.on_commit(partial(mail_waiting.send_robust, sender=None), robust=True)
