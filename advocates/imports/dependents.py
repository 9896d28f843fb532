"""What has come to depend on what an import wrote: asked of every table that points there, of whatever app."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from advocates.models import (
    CircleSuggestion,
    Consent,
    Contact,
    ContactDetails,
    ContactKey,
    ContactMerge,
    ContactPair,
    CustomerScore,
    ImportChange,
    ImportRun,
    PurchaseReturn,
    SegmentEvent,
    SegmentMember,
)
from advocates.services.returns import IMPORTED

# A part of the person, or reckoned by the machine from what it knows: these go with the person.
PARTS: tuple[type[models.Model], ...] = (
    ImportChange,
    SegmentEvent,
    SegmentMember,
    CircleSuggestion,
    CustomerScore,
    Consent,
    ContactPair,
    ContactKey,
    ContactDetails,
)


def own_models() -> list[type[models.Model]]:
    """What an import writes beside people and their changes: purchases, answers, moments."""
    return [model for model, _field in _pointing_at(ImportRun) if model not in (Contact, ImportChange)]


def parts_of_people() -> Iterator[tuple[type[models.Model], str]]:
    """Table and foreign key of all that goes with a person."""
    return ((model, field) for model, field in _pointing_at(Contact) if model in PARTS)


def dependents(run: ImportRun) -> list[str]:
    """What stands in the way of taking the import back, in words, each with how many; empty if nothing does."""
    counts: dict[str, int] = {}
    for model, rows in _dependents(run):
        if count := rows.count():
            words = str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)
            counts[words] = counts.get(words, 0) + count
    found = [f"{count} {words}" for words, count in counts.items()]
    if changed := _changed_later(run).count():
        found.append(_("%(count)s people who were brought up to date since") % {"count": changed})
    if gone := _merged_or_forgotten(run).count():
        found.append(_("%(count)s people who were merged or forgotten since") % {"count": gone})
    return found


def _dependents(run: ImportRun) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    own = set(own_models())
    for model, field in _pointing_at(Contact):
        yield model, _beside(run, model._base_manager.filter(**{f"{field}__import_run": run}), own)
    for written in own:
        for model, field in _pointing_at(written):
            rows = model._base_manager.filter(**{f"{field}__import_run": run})
            # What an import said of its own sales goes with them.
            yield model, rows.exclude(event_id__startswith=IMPORTED) if model is PurchaseReturn else rows


def _beside(run: ImportRun, rows: models.QuerySet[Any], own: Collection[type[models.Model]]) -> models.QuerySet[Any]:
    """Of rows that stand on people of the import, those that are not of its own making."""
    model = rows.model
    if model is ContactPair:
        # What nobody has looked at yet is only a suggestion.
        return rows.exclude(status=ContactPair.Status.OPEN)
    if model is Consent:
        # What the file itself said; not what a person or a form said since.
        return rows.exclude(source=run.source, basis=Consent.Basis.BY_API, withdrawn_at=None)
    if model in own:
        return rows.exclude(import_run=run)
    return rows.none() if model in PARTS else rows


def _changed_later(run: ImportRun) -> models.QuerySet[Contact]:
    """People of this import of whom another one, or anybody after it, told us more."""
    by_imports = ImportChange.objects.filter(contact__import_run=run).exclude(run=run)
    later = Q(pk__in=by_imports.values("contact"))
    if run.finished_at:
        keys = ContactKey.objects.filter(contact__import_run=run, created_at__gt=run.finished_at)
        later |= Q(pk__in=keys.values("contact"))
    return Contact.objects.filter(later)


def _merged_or_forgotten(run: ImportRun) -> models.QuerySet[ImportChange]:
    """People who were known and are no longer who they were. Of both sides of a merge, it keeps what stood before it:
    undone after the import was, it would bring the import back.
    """
    merges = ContactMerge.objects.filter(undone_at=None, merged_at__gte=run.started_at)
    gone = Q(contact__merged_into__isnull=False) | Q(contact__erased_at__isnull=False)
    return run.changes.filter(gone | Q(contact__in=merges.values("kept")))


def _pointing_at(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Each table with a foreign key to this one, and the key's name."""
    for relation in model._meta.related_objects:
        field: Any = relation.field
        if field.concrete and not field.many_to_many:
            yield relation.related_model, field.name
