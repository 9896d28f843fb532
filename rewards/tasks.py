"""Doorbells: an id, and nothing else, says that a fact waits. The sweep finds what was missed."""

from celery import shared_task

from config.lib import clock
from rewards.services.evaluation import evaluate


@shared_task(ignore_result=True)
def evaluation_doorbell(*, source: str, source_id: int) -> None:
    evaluate(source=source, source_id=source_id, now=clock.now())
