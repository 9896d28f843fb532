from typing import Any

from django.dispatch import receiver

from campaigns.news import mail_waiting
from campaigns.tasks import mail_doorbell
from config.lib.doorbell import doorbell


@receiver(mail_waiting)
def ring(**_signal: Any) -> None:
    """A lost ring costs seconds: the sweep finds the mail. Bulk asks ring too; one sender empties the queue for all."""
    doorbell.ring(mail_doorbell)
