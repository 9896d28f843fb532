from datetime import datetime

from campaigns.models import Enrolment
from config.lib.signing import keyed_hash
from referrals.models import Visit


def visit_record(
    *,
    enrolment: Enrolment,
    visitor: str,
    channel: str,
    address: str,
    agent: str,
    is_document: bool,
    now: datetime,
) -> Visit:
    """Keep that a link was followed. Network address and browser are kept as keyed hashes only."""
    return Visit.objects.create(
        enrolment=enrolment,
        visitor=visitor,
        channel=channel,
        address_hash=address_hash(address),
        agent_hash=agent_hash(agent),
        is_document=is_document,
        occurred_at=now,
    )


def address_hash(address: str) -> str:
    return keyed_hash("visit/address", address)


def agent_hash(agent: str) -> str:
    return keyed_hash("visit/agent", agent)
