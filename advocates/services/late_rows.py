"""Rows that were written for the one who goes at the very moment of a merge follow to the one who stays.

Most services hold the contact, so that they write for who it is by then. A mail or a bare sale does not: its row comes
to stand with the stub. What stands there on purpose, because a unique key holds it back, is noted once and left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from advocates.errors import NoMerge
from advocates.locks import contacts_held
from advocates.models import Contact, ContactMerge, NpsAnswer, Purchase
from advocates.people import Move, PersonalData, tables
from advocates.services.audit import audit
from advocates.services.merged_figures import figures_late, scores_forget

# More than come together in years of ordinary work; the next round goes on.
MERGES_A_RUN = 200
STAYED = "stayed"

Rows = dict[str, list[Any]]


def merges_settle(now: datetime) -> dict[str, int]:
    """The job: look through all stubs, and send on what came to them late."""
    late = _late()
    settled = rows = 0
    # A row may have to go on through several merges: the earlier comes first, the next round does the rest.
    for merge in _standing(late).order_by("pk")[:MERGES_A_RUN]:
        moved = _settle(merge.pk, late[merge.gone_id].keys(), now)
        settled += bool(moved)
        rows += moved
    return {"merges": settled, "rows": rows}


def rows_stayed(gone: Contact) -> Rows:
    """Table → ids of the rows that stand with a stub on purpose: they are not tried again."""
    stayed = {}
    for entry in _following():
        if ids := list(_rows(entry, Q(), gone).order_by("pk").values_list("pk", flat=True)):
            stayed[entry.name] = ids
    return stayed


def _late() -> dict[int, dict[str, set[Any]]]:
    """Stub → table → rows that nobody knows to stay there."""
    found: dict[int, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for entry in _following():
        for field in entry.fields:
            stubs = {f"{field}__merged_into__isnull": False, f"{field}__erased_at": None}
            rows = entry.model._base_manager.filter(**stubs).values_list(f"{field}_id", "pk")
            for stub, pk in rows.iterator():
                found[stub][entry.name].add(pk)
    for gone_id, before in _standing(found).values_list("gone_id", "before"):
        for name, ids in before.get(STAYED, {}).items():
            found[gone_id][name] -= set(ids)
    return {stub: by_name for stub, by_table in found.items() if (by_name := _filled(by_table))}


def _filled(by_table: Mapping[str, set[Any]]) -> dict[str, set[Any]]:
    return {name: ids for name, ids in by_table.items() if ids}


def _standing(stubs: Iterable[int]) -> Any:
    """The merge that made each of these a stub."""
    return ContactMerge.objects.filter(gone__in=list(stubs), kept=F("gone__merged_into"), undone_at=None)


def _settle(pk: int, names: Iterable[str], now: datetime) -> int:
    """Send on the late rows of one merge; how many."""
    with transaction.atomic():
        merge = _held(pk)
        if merge is None:
            return 0
        moved, tried = _moved(Move(merge.kept, merge.gone, now), set(names))
        _count(merge, moved)
        for name, rows in moved.items():
            known = merge.moved.get(name, [])
            merge.moved[name] = known + [row for row in rows if row not in known]
        still = rows_stayed(merge.gone)
        stayed = {name: ids for name, ids in merge.before.get(STAYED, {}).items() if name not in tried}
        merge.before[STAYED] = stayed | {name: still[name] for name in tried if name in still}
        merge.save(update_fields=["moved", "before"])
        if moved:
            counts = {name: len(rows) for name, rows in moved.items()}
            audit(
                verb="contacts_merge_settled",
                row=merge.kept,
                by="late rows",
                after={"merge": merge.public_id, "gone": merge.gone.public_id, "rows": counts},
            )
    return sum(len(rows) for rows in moved.values())


def _held(pk: int) -> ContactMerge | None:
    """The merge with both its people held, unless it no longer stands."""
    found = ContactMerge.objects.get(pk=pk)
    held = {contact.pk: contact for contact in contacts_held(ids=[found.kept_id, found.gone_id])}
    merge = ContactMerge.objects.get(pk=pk)
    merge.kept, merge.gone = held[found.kept_id], held[found.gone_id]
    is_standing = merge.undone_at is None and merge.gone.merged_into_id == merge.kept_id
    return merge if is_standing and not merge.gone.erased_at and not merge.kept.erased_at else None


def _moved(move: Move, names: set[str]) -> tuple[Rows, set[str]]:
    """What changed hands by table, and the tables that were tried. Money that is on its way keeps the rest waiting."""
    moved, tried = Rows(), set[str]()
    for entry in tables():
        if entry.name not in names and not (moved and _goes_along(entry)):
            continue
        try:
            with transaction.atomic():
                rows = entry.merge(move)
        except NoMerge:
            break
        tried.add(entry.name)
        if rows:
            moved[entry.name] = rows
    return moved, tried


def _goes_along(entry: PersonalData) -> bool:
    """Balances have no foreign key to be found by: they follow the rows that they belong to."""
    return entry.may_follow and not entry.fields


def _count(merge: ContactMerge, moved: Mapping[str, Sequence[Any]]) -> None:
    sales = Purchase.objects.filter(pk__in=moved.get(Purchase._meta.label_lower, ()))
    answers = NpsAnswer.objects.filter(pk__in=moved.get(NpsAnswer._meta.label_lower, ()))
    if sales or answers:
        figures_late(merge.kept, merge, sales=list(sales), answers=list(answers))
    if sales:
        scores_forget(merge.kept, merge.gone)


def _following() -> list[PersonalData]:
    return [entry for entry in tables() if entry.may_follow and entry.fields]


def _rows(entry: PersonalData, among: Q, contact: Contact) -> Any:
    for field in entry.fields:
        among |= Q(**{field: contact})
    return entry.model._base_manager.filter(among)
