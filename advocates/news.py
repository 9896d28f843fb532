"""News is a hint, given after the commit: losing one costs seconds, because a sweep finds the row anyway."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Carries `source` ("referral_event", "enrolment_event", "nps_answer") and `pk`: an event row waits for the rule engine.
fact_recorded = Signal()


def announce(*, source: str, pk: int) -> None:
    """Tell the rule engine, once this transaction is committed, that a fact waits."""
    transaction.on_commit(partial(fact_recorded.send_robust, sender=None, source=source, pk=pk), robust=True)
