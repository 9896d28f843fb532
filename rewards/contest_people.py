"""Contests as personal data: entries go on to be numbers, chosen names go away."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from advocates.people import PersonalData
from advocates.telling import teller
from rewards import merging
from rewards.models import ContestEntry, ContestName
from rewards.services.contest_entries import OWN_REASONS, WITHDRAWN


def entries_erased(contact: Contact, _now: datetime) -> int:
    """Why an entry does not count was typed by a colleague, unless it is one of our own reasons. It stays void."""
    typed = ContestEntry.objects.filter(contact=contact).exclude(void_reason__in=["", *OWN_REASONS])
    return typed.update(void_reason=WITHDRAWN)


def names_erased(contact: Contact, _now: datetime) -> int:
    gone, _by_table = ContestName.objects.filter(contact=contact).delete()
    return gone


CONTEST_PERSONAL = (
    PersonalData(
        ContestEntry,
        ("contact",),
        _("contest entries"),
        teller(ContestEntry, "contact", "contest__name", "number", "void_reason", "entered_at"),
        merge=merging.contestentry_merge,
        unmerge=merging.contestentry_unmerge,
        erase=entries_erased,
    ),
    PersonalData(
        ContestName,
        ("contact",),
        _("names on leaderboards"),
        teller(ContestName, "contact", "contest__name", "public_name"),
        merge=merging.contestname_merge,
        unmerge=merging.contestname_unmerge,
        erase=names_erased,
    ),
)
