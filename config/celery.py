"""A message is a doorbell and carries ids only. The rows are the truth: a sweep finds what it missed."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import import_modules
from django.core.management.base import SystemCheckError
from kombu.transport import TRANSPORT_ALIASES

from config.checks import run_start_checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["embedded"] = "config.broker:Transport"

app = Celery("innercircle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect
def refuse_wrong_settings(**_signal: Any) -> None:
    """Worker and beat come by here first. Celery swallows what a receiver raises, except SystemExit."""
    try:
        run_start_checks()
    except SystemCheckError as refusal:
        sys.exit(str(refusal))
