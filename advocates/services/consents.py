from datetime import datetime

from django.db import transaction

from advocates.models import Consent, Contact, User
from advocates.services.audit import audit

# The sentence of the console's forms to which a colleague answers for what somebody said on the phone.
SPOKEN_TEXT = "spoken-1"
# Another system told us that there is a consent, and not to which words.
UNSTATED_TEXT = "not stated"


def consent_record(
    *,
    contact: Contact,
    channel: str,
    basis: str,
    source: str,
    given_at: datetime,
    text_version: str = "",
    actor: User | None = None,
) -> Consent:
    """Keep on which basis we may write to or phone somebody. `source`: the form, key or person it came by;
    `text_version`: which words they agreed to.
    """
    text_version = text_version or UNSTATED_TEXT
    with transaction.atomic():
        consent = Consent.objects.create(
            contact=contact,
            channel=channel,
            basis=basis,
            source=source,
            given_at=given_at,
            text_version=text_version,
        )
        facts = {"channel": channel, "basis": basis, "text_version": text_version}
        audit(verb="consent.given", row=contact, actor=actor, by=source, after=facts)
    return consent


def consent_withdraw(
    *,
    contact: Contact,
    channel: str,
    source: str,
    now: datetime,
    actor: User | None = None,
    given_at: datetime | None = None,
) -> int:
    """End every standing basis of that channel, or only what was given at that moment; how many there were."""
    standing = Consent.objects.filter(contact=contact, channel=channel, withdrawn_at=None)
    with transaction.atomic():
        ended = (standing.filter(given_at=given_at) if given_at else standing).update(withdrawn_at=now)
        if ended:
            audit(
                verb="consent.withdrawn",
                row=contact,
                actor=actor,
                by=source,
                before={"channel": channel, "standing": ended},
            )
    return ended
