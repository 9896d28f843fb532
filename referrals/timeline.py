"""What happened to a referral, told from several rooms: each registers a source of entries."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django_stubs_ext import StrOrPromise

from config.lib.registry import Registry
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """`icon` is a name from static/icons.svg; `tone` one of success, warning, danger or empty."""

    at: datetime
    icon: str
    title: StrOrPromise
    text: StrOrPromise = ""
    who: StrOrPromise = ""
    tone: str = ""


TIMELINE_SOURCES: Registry[Callable[[Referral], Iterable[TimelineEntry]]] = Registry("timeline source")


def timeline(referral: Referral) -> list[TimelineEntry]:
    """All entries, the newest first; what each source tells of one moment, its last first."""
    entries = [entry for source in TIMELINE_SOURCES for entry in source(referral)]
    return sorted(entries, key=lambda entry: entry.at)[::-1]
