"""Tells every process that the rules of a campaign have changed, by a number that none of them has seen."""

import secrets

from campaigns.models import Campaign
from config.lib.insert_once import insert_once
from rewards.models import RuleBook

BITS = 62


def rulebook_turn(*, campaign: Campaign) -> None:
    """The last step of whatever changes a rule with its parts: what is read under the new number is the whole of it."""
    insert_once(RuleBook, unique=["campaign"], campaign=campaign, stamp=0)
    RuleBook.objects.filter(campaign=campaign).update(stamp=secrets.randbits(BITS))
