"""Doorbells: the rows are the queue, a task only says that something waits in it."""

from celery import shared_task

from campaigns.services.delivery import messages_send
from config.lib import clock


@shared_task(ignore_result=True)
def mail_doorbell() -> None:
    messages_send(clock.now())
