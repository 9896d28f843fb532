"""The memory of who recommended us: a signed first-party cookie that holds a random number and codes, no person.

It serves what the friend came for, is read by nobody else, and is not set for browsers that ask not to be followed.
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.lib.signing import sign, unsign

NAME = "ic_r"
PURPOSE = "memory"
# Newest first; a cookie has to stay small.
MAX_TOUCHES = 8
LONGEST_MEMORY = timedelta(days=400)
CHANNEL = re.compile(r"[a-z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Touch:
    """One advocate's link that was followed on this device, first and latest time."""

    code: str
    channel: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    visitor: str = ""
    touches: tuple[Touch, ...] = ()

    def touched(self, *, code: str, channel: str, at: datetime) -> "Memory":
        """This memory after one more click."""
        before = next((touch for touch in self.touches if touch.code == code), None)
        newest = Touch(code, channel, before.first_at if before else at, at)
        others = [touch for touch in self.touches if touch.code != code]
        return replace(self, visitor=self.visitor or secrets.token_hex(16), touches=(newest, *others)[:MAX_TOUCHES])


def memory_read(request: HttpRequest) -> Memory:
    """What this device remembers; nothing where there is no cookie, or one that we did not sign."""
    text = unsign(PURPOSE, request.COOKIES.get(NAME, ""), max_age=int(LONGEST_MEMORY.total_seconds()))
    if text is None:
        return Memory()
    visitor, *touches = text.split("~")
    return Memory(visitor, tuple(_touch(stored) for stored in touches))


def memory_write(response: HttpResponse, memory: Memory, *, keep: timedelta) -> None:
    """Remember on this device for `keep`."""
    text = "~".join([memory.visitor, *map(_stored, memory.touches)])
    response.set_cookie(
        NAME,
        sign(PURPOSE, text),
        max_age=min(keep, LONGEST_MEMORY),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def may_remember(request: HttpRequest) -> bool:
    """False for browsers that send the Global Privacy Control signal. The link then carries its code instead."""
    return request.headers.get("Sec-GPC") != "1"


def channel_of(typed: str) -> str:
    """The channel in a link as far as it is a plain word; empty for anything else."""
    return typed if CHANNEL.fullmatch(typed) else ""


def _stored(touch: Touch) -> str:
    return f"{touch.code}:{touch.channel}:{int(touch.first_at.timestamp())}:{int(touch.last_at.timestamp())}"


def _touch(stored: str) -> Touch:
    code, channel, first, last = stored.split(":")
    return Touch(code, channel, datetime.fromtimestamp(int(first), UTC), datetime.fromtimestamp(int(last), UTC))
