"""Where events come from, and all that rules may know of one.

An evaluation takes three steps: `EVENT_SOURCES[source].load(pk)` holds the referral and reads the event with its
neighbours in two statements; `known` chooses the rules, keeps what was promised, and asks for what just these rules
ask about; the engine decides. `facts_again` is for a refund: the event as it was when the reward was earned, less what
went back since.
"""

from rewards.triggers.again import facts_again
from rewards.triggers.knowing import known
from rewards.triggers.occasion import Occasion, first_seen, local_date
from rewards.triggers.referral_events import NO_STEPS, occasion_of
from rewards.triggers.sources import EVENT_SOURCES, EventSource

__all__ = [
    "EVENT_SOURCES",
    "NO_STEPS",
    "EventSource",
    "Occasion",
    "facts_again",
    "first_seen",
    "known",
    "local_date",
    "occasion_of",
]
