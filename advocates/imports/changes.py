"""What an import changed on people who were known already, so that it can be taken back.

`before` holds for each column what stood there and what the import wrote: taken back is only what still stands so. Of a
person who stands in a file several times the first state counts, and the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from advocates.models import Contact, ContactDetails, ImportChange, ImportRun
from config.lib.many import insert_many, update_many

CONTACT_COLUMNS = (
    "relation",
    "language",
    "time_zone",
    "country",
    "region",
    "customer_since",
    "purchases_count",
    "lifetime_amount",
    "lifetime_unit",
    "first_purchase_at",
    "last_purchase_at",
    "nps_score",
    "nps_at",
)
DETAIL_COLUMNS = ("name", "public_name", "company", "match_name")


@dataclass(slots=True)
class Change:
    """`before`: column → [what stood there, what stands there now]. `keys`: [kind, source, value] of those added."""

    contact_id: int
    before: dict[str, list[Any]] = field(default_factory=dict)
    keys: list[list[str]] = field(default_factory=list)

    def say(self, column: str, old: Any, new: Any) -> None:
        self.before[column] = [plain(old), plain(new)]


def plain(value: Any) -> Any:
    """As JSON has it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def snapshot(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The columns that an import may change, of these contacts."""
    names = [*CONTACT_COLUMNS, *(f"details__{name}" for name in DETAIL_COLUMNS)]
    rows = Contact.objects.filter(pk__in=ids).values_list("pk", *names)
    return {pk: dict(zip((*CONTACT_COLUMNS, *DETAIL_COLUMNS), values, strict=True)) for pk, *values in rows}


def difference(contact_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    change = Change(contact_id)
    for name, old in before.items():
        if old != after[name]:
            change.say(name, old, after[name])
    return change


def changes_record(*, changes: Sequence[Change], run: ImportRun) -> None:
    """Keep them with the run; one that is only tried out keeps nothing."""
    if not run.pk or not changes:
        return
    rows = [
        ImportChange(run=run, contact_id=change.contact_id, before=change.before, keys_added=change.keys)
        for change in sorted(changes, key=lambda change: change.contact_id)
    ]
    inserted = {row.contact_id for row in insert_many(rows, unique=["run", "contact"])}
    again = {change.contact_id: change for change in changes if change.contact_id not in inserted}
    standing = list(ImportChange.objects.filter(run=run, contact__in=again)) if again else []
    for row in standing:
        _join(row, again[row.contact_id])
    update_many(standing, fields=["before", "keys_added"])


def _join(row: ImportChange, change: Change) -> None:
    for name, (old, new) in change.before.items():
        row.before[name] = [row.before[name][0] if name in row.before else old, new]
    row.keys_added = [*row.keys_added, *change.keys]


def details_of(ids: Sequence[int]) -> dict[int, ContactDetails]:
    return ContactDetails.objects.in_bulk(ids)
