"""Every table that says something about a person stands here once, with how its rows are merged, told and erased.

Each app registers its own tables in `AppConfig.ready()`; a test walks all models, so that none can be forgotten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django_stubs_ext import StrOrPromise

from advocates.models import Contact
from config.lib.registry import Registry

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """Two contacts become one: rows of `gone` go to `kept`. On the way back the two are the other way round."""

    kept: Contact
    gone: Contact
    now: datetime


def rows_stay(_move: Move) -> list[Any]:
    """For what belongs to the stub itself or has to stand where it stands."""
    return []


def nothing_moved_back(_move: Move, _ids: Sequence[Any]) -> None:
    """The other half of `rows_stay`."""


def nothing_erased(_contact: Contact, _now: datetime) -> int:
    """For rows without a word about who somebody is: they go on to point at the nameless stub."""
    return 0


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One table. All four run inside the transaction of the service that calls them.

    `merge(move)`: give to `kept` what of `gone` can be given, and answer with the ids of the rows that changed.
    `unmerge(move, ids)`: give just these rows back; `move` is the one of the merge.
    `erase(contact, now)`: delete the rows, or blank what names the person in them; how many rows.
    `export(contact)`: plain JSON values for the person's own copy, oldest first; no inner ids, nobody else's data.
    `fields`: the foreign keys to Contact that this entry answers for. `late`: a row that is written at the very moment
    of a merge follows afterwards (services/late_rows.py).
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    title: StrOrPromise
    export: Callable[[Contact], list[Row]]
    merge: Callable[[Move], list[Any]] = rows_stay
    unmerge: Callable[[Move, Sequence[Any]], None] = nothing_moved_back
    erase: Callable[[Contact, datetime], int] = nothing_erased
    late: bool = True

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def may_follow(self) -> bool:
        return self.late and self.merge is not rows_stay


PERSONAL_DATA: Registry[PersonalData] = Registry("table with personal data")


def tables() -> list[PersonalData]:
    """All of them from the ground up: an app is installed above those that it builds on."""
    place = {config.label: number for number, config in enumerate(apps.get_app_configs())}
    return sorted(PERSONAL_DATA, key=lambda entry: -place[entry.model._meta.app_label])


def personal_data_register(*entries: PersonalData) -> None:
    for entry in entries:
        PERSONAL_DATA.register(entry.name, entry)


def family(contact: Contact) -> list[Contact]:
    """The contact and everybody who was merged into them, directly or through others; the standing one first."""
    found, waiting = [contact], [contact]
    while waiting:
        waiting = list(Contact.objects.filter(merged_into__in=waiting).exclude(pk__in=[each.pk for each in found]))
        found += waiting
    return found


def rows_moved(
    model: type[models.Model], path: str, move: Move, *, among: Mapping[str, Any] | None = None
) -> list[Any]:
    """Point the rows of `gone` at `kept` by the foreign key `path`; the ids of those that changed."""
    rows = model._base_manager.filter(**{path: move.gone}, **(among or {}))
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    model._base_manager.filter(pk__in=ids).update(**{path: move.kept})
    return ids


def rows_moved_back(model: type[models.Model], path: str, move: Move, ids: Sequence[Any]) -> None:
    """Point these rows at `gone` again, unless they have gone elsewhere since."""
    model._base_manager.filter(pk__in=ids, **{path: move.kept}).update(**{path: move.gone})
