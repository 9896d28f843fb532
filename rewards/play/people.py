"""Who the people of a history are, looked up for all of them at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from advocates.errors import BadEmail
from advocates.identity import email_key, external_key
from advocates.models import CircleChoice, Contact, ContactKey, Segment
from advocates.segments.evaluate import segment_contacts
from campaigns.models import Campaign, Enrolment
from config.lib.ids import code_normalise
from rewards.play.happenings import Person
from rewards.play.setting import PlayRule
from rewards.rules.conditions import SEGMENT_CONDITIONS

# SQLite takes at most so many parameters in a statement, with some to spare.
AT_ONCE = 500
FINDING = (ContactKey.Kind.EMAIL, ContactKey.Kind.EXTERNAL)


def segments_asked(rules: Iterable[PlayRule]) -> list[Segment]:
    """Those that the rules ask about; one that is gone has no members."""
    conditions = [condition for by in rules for group in by.rule.groups for condition in group.conditions]
    named = {condition.segment for condition in conditions if condition.kind in SEGMENT_CONDITIONS}  # type: ignore[attr-defined]
    return list(Segment.objects.filter(public_id__in=named, is_active=True).prefetch_related("conditions"))


def members_of(segments: Sequence[Segment], contacts: Collection[int], now: datetime) -> dict[int, frozenset[str]]:
    """The public ids of the segments that each contact is in now."""
    found: dict[int, set[str]] = {}
    for segment in segments:
        for some in _chunks(list(contacts)):
            for pk in segment_contacts(segment, now).filter(pk__in=some).values_list("pk", flat=True):
                found.setdefault(pk, set()).add(segment.public_id)
    return {pk: frozenset(names) for pk, names in found.items()}


def levels_of_all() -> dict[int, str]:
    """The level of the inner circle by contact; its members are few."""
    members = CircleChoice.objects.members().exclude(level=None)
    return dict(members.values_list("contact_id", "level__name"))


def people_named(names: Collection[str], *, rules: Sequence[PlayRule], now: datetime) -> Mapping[str, Person]:
    """The people whom we know by these public ids, e-mail addresses or customer numbers, by what they were called."""
    contacts = _contacts({_key(name): name for name in names})
    segments = members_of(segments_asked(rules), {contact.pk for contact in contacts.values()}, now)
    levels = levels_of_all()
    return {
        name: Person(
            key=contact.public_id,
            name=str(contact),
            currency=contact.lifetime_unit,
            segments=segments.get(contact.pk, frozenset()),
            circle_level=levels.get(contact.pk, ""),
            relation=contact.relation,
            purchases=contact.purchases_count,
        )
        for name, contact in contacts.items()
    }


def advocates_by_code(codes: Collection[str], campaign: Campaign) -> dict[str, str]:
    """The public id of the advocate behind each referral code of this campaign, by the code as it was typed."""
    typed = {code_normalise(code): code for code in codes}
    found: dict[str, str] = {}
    for some in _chunks(list(typed)):
        rows = Enrolment.objects.filter(campaign=campaign, code__in=some)
        found |= {typed[code]: owner for code, owner in rows.values_list("code", "contact__public_id")}
    return found


def _contacts(names: Mapping[str, str]) -> dict[str, Contact]:
    """By the name as it was typed. `names`: that name by its key."""
    found: dict[str, Contact] = {}
    for some in _chunks(list(names)):
        living = Contact.objects.living().select_related("details")
        found |= {names[row.public_id]: row for row in living.filter(public_id__in=some)}
        keys = ContactKey.objects.filter(value__in=some, kind__in=FINDING, contact__merged_into=None)
        found |= {names[key.value]: key.contact for key in keys.select_related("contact__details")}
    return found


def _key(name: str) -> str:
    if "@" not in name:
        return external_key(name)
    try:
        return email_key(name).value
    except BadEmail:
        return name


def _chunks(values: Sequence[str] | Sequence[int]) -> Iterator[Sequence[str] | Sequence[int]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
