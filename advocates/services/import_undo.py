"""A whole import taken back, in one transaction: either all of it, or nothing and the reason why.

People whom it made go with all that is theirs. On people who were known, each column goes back to what stood there,
unless somebody changed it since.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from advocates.errors import ImportInUse
from advocates.imports.changes import CONTACT_COLUMNS, DETAIL_COLUMNS, plain
from advocates.imports.dependents import dependents, own_models, parts_of_people
from advocates.locks import contacts_lock
from advocates.models import (
    Contact,
    ContactDetails,
    ContactKey,
    ImportChange,
    ImportRun,
    Purchase,
    PurchaseReturn,
    User,
)
from advocates.services.audit import audit
from advocates.services.purchase_counts import Gone, count_back
from advocates.services.purchases import COUNTED
from config.lib.bulk import Stage
from config.lib.many import update_many
from config.lib.states import move

CHUNK = 2_000
FACTS = tuple(name for name in CONTACT_COLUMNS if name not in COUNTED)
KEYS = """
    SELECT k.id FROM {stage} s CROSS JOIN advocates_contactkey k
    WHERE k.kind = s.kind AND k.source = s.source AND k.value = s.value AND k.contact_id = s.contact
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """`people`: deleted; `restored`: known before, and as before; `rows`: purchases, answers and the like."""

    people: int
    restored: int
    rows: int


def import_undo(*, run: ImportRun, actor: User | None, now: datetime) -> Undone:
    """Raises ImportInUse (something depends on a part of it), NotAllowed (it has not ended) or Stale."""
    try:
        with transaction.atomic():
            return _undo(run, actor, now)
    except IntegrityError as error:
        # Somebody came to depend on it between our look and the end: the foreign keys say so.
        raise ImportInUse(_("Something has just come to depend on this import. Look at it again.")) from error


def _undo(run: ImportRun, actor: User | None, now: datetime) -> Undone:
    # The row itself is the lock: two colleagues do not take the same import back.
    before = move(run, to=ImportRun.Status.UNDONE, table=ImportRun.MOVES, undone_at=now)
    reasons = dependents(run)
    if reasons:
        run.status, run.undone_at = before, None
        raise ImportInUse(
            _("This import can no longer be taken back. There depend on it: %(what)s.") % {"what": ", ".join(reasons)},
            reasons=reasons,
        )
    PurchaseReturn.objects.filter(purchase__import_run=run).delete()
    own = own_models()
    rows = sum(model._base_manager.filter(import_run=run).count() for model in own)
    restored = _restore(run)
    for model in own:
        _delete(model, "import_run_id = %s", [run.pk])
    people = _delete_people(run)
    ImportChange.objects.filter(run=run).delete()
    undone = Undone(people=people, restored=restored, rows=rows)
    facts = {"people": people, "restored": restored, "rows": rows}
    audit(verb="import.undone", row=run, actor=actor, after=facts)
    return undone


# --- people who were known ---


def _restore(run: ImportRun) -> int:
    restored = 0
    for changes in _chunks(ImportChange.objects.filter(run=run).exclude(contact__import_run=run)):
        _restore_chunk(run, {change.contact_id: change for change in changes})
        restored += len(changes)
    return restored


def _restore_chunk(run: ImportRun, changes: dict[int, ImportChange]) -> None:
    contacts = contacts_lock(ids=list(changes))
    gone = _purchases_gone(run, changes)
    sold = {part.contact_id for part in gone}
    # Whose figures moved on since cannot simply be put back: what went is taken from what stands.
    moved = {row.pk for row in contacts if row.pk in sold and not _is_as_left(row, changes[row.pk].before)}
    count_back(contacts=contacts, gone=[part for part in gone if part.contact_id in moved])
    for contact in contacts:
        _put_back(contact, changes[contact.pk].before, FACTS if contact.pk in moved else CONTACT_COLUMNS)
    update_many(contacts, fields=CONTACT_COLUMNS)
    details = list(ContactDetails.objects.filter(pk__in=changes))
    for detail in details:
        _put_back(detail, changes[detail.pk].before, DETAIL_COLUMNS)
    update_many(details, fields=DETAIL_COLUMNS)
    _keys_delete(changes.values())


def _keys_delete(changes: Iterable[ImportChange]) -> None:
    stage = Stage("staged_keys_gone", {"contact": "bigint", "kind": "text", "source": "text", "value": "text"})
    stage.fill((change.contact_id, *key) for change in changes for key in change.keys_added)
    ContactKey.objects.filter(pk__in=[pk for (pk,) in stage.joined(KEYS)]).delete()


def _purchases_gone(run: ImportRun, changes: dict[int, ImportChange]) -> list[Gone]:
    """Sales of this import to people who were known; they stop counting here."""
    sales = Purchase.objects.filter(import_run=run, contact__in=changes)
    gone = [
        Gone(sale.contact_id, sale.occurred_at, sale.amount - sale.returned_amount, sale.unit, is_whole=True)
        for sale in sales.filter(status__in=Purchase.COUNTING)
    ]
    sales.delete()
    return gone


def _is_as_left(contact: Contact, before: dict[str, list[Any]]) -> bool:
    """Do its figures still stand as the import left them?"""
    return all(plain(getattr(contact, name)) == before[name][1] for name in COUNTED if name in before)


def _put_back(row: models.Model, before: dict[str, list[Any]], names: Sequence[str]) -> None:
    for name in names:
        if name in before and plain(getattr(row, name)) == before[name][1]:
            setattr(row, name, row._meta.get_field(name).to_python(before[name][0]))  # type: ignore[union-attr]


# --- what the import made ---


def _delete_people(run: ImportRun) -> int:
    people = f"SELECT id FROM {_quoted(Contact._meta.db_table)} WHERE import_run_id = %s"  # noqa: S608 - from the model
    for model, field in parts_of_people():
        column = _quoted(str(model._meta.get_field(field).column))  # type: ignore[union-attr]
        _delete(model, f"{column} IN ({people})", [run.pk])
    return _delete(Contact, "import_run_id = %s", [run.pk])


def _delete(model: type[models.Model], condition: str, params: Sequence[Any]) -> int:
    """One statement, whatever the number: Django would read all rows first, to look for what hangs on them."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)} WHERE {condition}", params)  # noqa: S608
        return int(cursor.rowcount)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _chunks(rows: models.QuerySet[ImportChange]) -> Iterator[list[ImportChange]]:
    last = 0
    while chunk := list(rows.filter(contact__gt=last).order_by("contact_id")[:CHUNK]):
        yield chunk
        last = chunk[-1].contact_id
