"""What a file says about people who are known, beside what stands here: the same answers that `contact_upsert` gives,
for many at once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from advocates.imports.changes import DETAIL_COLUMNS
from advocates.imports.people import ALONE, Person
from advocates.likeness import match_name
from advocates.models import Contact

IDS_A_QUERY = 5_000
FIELDS: dict[str, tuple[str, ...]] = {name: (name,) for name in ALONE} | {
    "lifetime_value": ("lifetime_amount", "lifetime_unit"),
    "nps_score": ("nps_score", "nps_at"),
    "name": ("name", "match_name"),
    "first_name": ("name", "match_name"),
    "last_name": ("name", "match_name"),
    "public_name": ("public_name",),
    "company": ("company",),
}
Current = Mapping[str, Any]


class Known:
    """Reads people as they stand, in the columns that a file with these fields may change."""

    def __init__(self, fields: Collection[str]) -> None:
        columns = dict.fromkeys(column for name in FIELDS if name in fields for column in FIELDS[name])
        self._columns = ("merged_into_id", "erased_at", "has_details", *columns)
        self._paths = (
            "merged_into_id",
            "erased_at",
            "details__contact_id",
            *(f"details__{name}" if name in DETAIL_COLUMNS else name for name in columns),
        )

    def read(self, ids: Sequence[int]) -> dict[int, Current]:
        return dict(self._rows(ids))

    def _rows(self, ids: Sequence[int]) -> Iterator[tuple[int, Current]]:
        for start in range(0, len(ids), IDS_A_QUERY):
            among = Contact.objects.filter(pk__in=ids[start : start + IDS_A_QUERY])
            for pk, *values in among.values_list("pk", *self._paths):
                yield pk, dict(zip(self._columns, values, strict=True))


def wanted(person: Person, current: Current, now: datetime) -> dict[str, Any]:
    """The columns, of contact and details, that this row would change, with their new values."""
    changes = {name: value for name, value in person.contact.items() if current[name] != value}
    if person.score is not None:
        changes |= _nps(person, current, now)
    details = person.details
    for name, text in details.items():
        if not current["has_details"] or current[name] != text:
            changes[name] = text
    # Whoever was known before likenesses were sought has none yet.
    if details.get("name") and ("name" in changes or not current["match_name"]):
        alike = match_name(details["name"])
        if alike != current["match_name"]:
            changes["match_name"] = alike
    return changes


def _nps(person: Person, current: Current, now: datetime) -> dict[str, Any]:
    """The latest answer stands. One without a date is taken for new only where it differs."""
    score, at = current["nps_score"], current["nps_at"]
    if person.score == score and person.at in (None, at):
        return {}
    moment = person.at or now
    if at and at > moment:
        return {}
    return {"nps_score": person.score, "nps_at": moment}
