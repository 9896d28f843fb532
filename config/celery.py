"""A message is a doorbell and carries ids only. The rows are the truth: a sweep finds what a lost message left waiting."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["embedded"] = "config.broker:Transport"

app = Celery("innercircle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
