"""Who gets the credit: pure, from the evidence at hand. A code that is named outranks a link that is remembered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.models import Campaign
from referrals.cookies import Touch
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Credit:
    """`since`: when the link was followed; None for a code that was named."""

    code: str
    method: str
    channel: str = ""
    since: datetime | None = None


def credit_choose(
    *, named: str, touches: Iterable[Touch], rule: str, window: timedelta, now: datetime
) -> Credit | None:
    """The credit for a claim, or None.

    `named`: the code that the friend typed or whose link stands in the address, empty if none. `touches`: links of
    this campaign that the device remembers. `rule`: Campaign.Touch. A link counts while `window` has not passed since
    it was last followed, to the second.
    """
    if named:
        return Credit(named, Referral.Method.CODE)
    standing = [touch for touch in touches if now - touch.last_at <= window]
    if not standing:
        return None
    if rule == Campaign.Touch.FIRST:
        touch = min(standing, key=lambda each: each.first_at)
        return Credit(touch.code, Referral.Method.COOKIE, touch.channel, touch.first_at)
    touch = max(standing, key=lambda each: each.last_at)
    return Credit(touch.code, Referral.Method.COOKIE, touch.channel, touch.last_at)
