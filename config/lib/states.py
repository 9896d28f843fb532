"""Moves are conditional updates: zero rows changed means somebody was there first."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 409


class Stale(DomainError):
    code = "stale"
    status = 409


class TransitionTable:
    """Which state may follow which. States that stand nowhere on the left are ends."""

    def __init__(self, moves: Mapping[str, Iterable[str]]) -> None:
        self._moves = {str(old): frozenset(map(str, new)) for old, new in moves.items()}

    def allows(self, old: str, new: str) -> bool:
        return new in self._moves.get(old, frozenset())

    def following(self, old: str) -> frozenset[str]:
        return self._moves.get(old, frozenset())

    def check(self, old: str, new: str) -> None:
        """Raises NotAllowed unless the table has that move."""
        if not self.allows(old, new):
            raise NotAllowed(_("From “%(old)s” there is no way to “%(new)s”.") % {"old": old, "new": new})


def move(row: models.Model, *, to: str, table: TransitionTable, **changes: Any) -> str:
    """Move `row.status`, with `changes` in the same UPDATE; the state it came from.

    Raises NotAllowed (the table forbids it) or Stale (the row is no longer in the state that was read).
    """
    old: str = row.status  # type: ignore[attr-defined]
    table.check(old, to)
    moved = type(row)._base_manager.filter(pk=row.pk, status=old).update(status=to, **changes)
    if not moved:
        raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
    for name, value in ({"status": to} | changes).items():
        setattr(row, name, value)
    return old


def choices_check(field: str, choices: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """The states of a column, held by the database too."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)
