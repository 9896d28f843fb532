"""How rows are told to the person whom they are about: plain JSON values, the oldest row first."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from advocates.models import Contact
from advocates.people import Row


def told(rows: models.QuerySet[Any], *names: str) -> list[Row]:
    """These columns of each row. `a__b` is told as `a`, days and moments as ISO 8601, amounts in minor units."""
    return [{name.partition("__")[0]: plain(row[name]) for name in names} for row in rows.order_by("pk").values(*names)]


def teller(model: type[models.Model], path: str, *names: str) -> Callable[[Contact], list[Row]]:
    """An export of the rows that point at the contact by `path`."""
    return lambda contact: told(model._base_manager.filter(**{path: contact}), *names)


def untold(_contact: Contact) -> list[Row]:
    """Nothing in it is about the person that does not stand elsewhere in their copy."""
    return []


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
