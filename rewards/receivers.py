from typing import Any

from django.dispatch import receiver

from campaigns.news import fact_recorded
from rewards.tasks import evaluation_doorbell


@receiver(fact_recorded)
def ring(*, source: str, pk: int, **_signal: Any) -> None:
    """A lost ring costs seconds: the sweep finds the fact."""
    evaluation_doorbell.delay(source=source, source_id=pk)
