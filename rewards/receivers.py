from typing import Any

from django.dispatch import receiver

from campaigns.news import fact_recorded
from config.lib.doorbell import doorbell
from rewards.tasks import evaluation_doorbell


@receiver(fact_recorded)
def ring(*, source: str, pk: int, **_signal: Any) -> None:
    """A lost ring costs seconds: the sweep finds the fact."""
    doorbell.ring(evaluation_doorbell, source=source, source_id=pk)
