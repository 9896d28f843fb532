"""Pages that staff fill in (company, brand, campaign, mail texts): saved with a trace of who changed what."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from advocates.models import User
from advocates.services.audit import audit

# Account numbers are changed under audit, but do not stand in the trail.
HIDDEN = {"debit_account_iban"}


def settings_save(*, row: models.Model, changed: Sequence[str], actor: User) -> None:
    """Save the row; `changed` names the fields that the form found different. Lists of other rows save themselves."""
    changed = [name for name in changed if not type(row)._meta.get_field(name).many_to_many]
    with transaction.atomic():
        before = type(row)._base_manager.filter(pk=row.pk).values(*changed).first() if row.pk and changed else None
        row.save()
        after = {name: getattr(row, name) for name in changed}
        audit(
            verb="changed" if before else "created",
            row=row,
            actor=actor,
            before=_trace(before or {}),
            after=_trace(after),
        )


def choice_noted(*, row: models.Model, name: str, before: Sequence[str], after: Sequence[str], actor: User) -> None:
    """Leave a trace where a list of other rows, which the form saves itself, has changed."""
    if sorted(before) != sorted(after):
        audit(verb="changed", row=row, actor=actor, before={name: sorted(before)}, after={name: sorted(after)})


def _trace(values: dict[str, Any]) -> dict[str, Any]:
    return {name: "…" if name in HIDDEN else value for name, value in values.items()}
