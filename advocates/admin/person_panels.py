"""What this app itself says on the page about a person: circle, consents, keys, and the trail of changes."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrOrPromise

from advocates.admin.base import pill
from advocates.admin.contact_words import circle_pill, standing_pill, value_words
from advocates.admin.detail import moment
from advocates.admin.person import PersonFigure, PersonStep
from advocates.admin.tables import Cell, Table, table_html
from advocates.circle import names_in, reasons_in_words
from advocates.models import AuditEntry, CircleChoice, CircleSuggestion, Contact, ContactKey, Suppression
from advocates.selectors import SUPPRESSION_PURPOSE
from config.lib.signing import keyed_hashes

LATEST = 20
# By the verb in the trail: icon, tone, title.
DECISIONS: dict[str, tuple[str, str, StrOrPromise]] = {
    "circle.member": ("orbit", "accent", _lazy("Taken into the inner circle")),
    "circle.dismissed": ("eye-off", "", _lazy("Not to be suggested again")),
    "circle.removed": ("circle-x", "", _lazy("Taken out of the inner circle")),
    "circle.later": ("clock", "", _lazy("To be looked at again")),
    "circle.level": ("orbit", "", _lazy("Level of the inner circle set")),
}


# --- inner circle ---


def circle_panel(request: HttpRequest, contact: Contact) -> str:
    choice: CircleChoice | None = getattr(contact, "circle", None)
    suggestion = None if choice else CircleSuggestion.objects.open().filter(contact=contact).first()
    kept = choice.reasons if choice else suggestion.reasons if suggestion else []
    history = list(_decisions(contact)[:LATEST])
    if choice is None and suggestion is None and not history:
        return ""
    context = {
        "standing": _standing(choice) if choice else None,
        "reasons": reasons_in_words(kept, names_in(kept)),
        "score": suggestion.score if suggestion else 0,
        "history": mark_safe(_history(request, history)),  # noqa: S308 - a rendered template
    }
    return render_to_string("admin/advocates/panels/circle.html", context, request=request)


def _standing(choice: CircleChoice) -> dict[str, Any]:
    return {
        "pill": circle_pill(choice),
        "level": choice.level or "",
        "offer": choice.level.offer if choice.level else "",
        "who": choice.chosen_by,
        "day": date_format(localtime(choice.chosen_at)),
        "again": date_format(choice.remind_on) if choice.remind_on else "",
        "note": choice.note,
    }


def _decisions(contact: Contact) -> Any:
    own = AuditEntry.objects.filter(model=contact._meta.label_lower, object_id=contact.public_id)
    return own.filter(verb__startswith="circle.").select_related("actor").order_by("-created_at", "-pk")


def _history(request: HttpRequest, entries: Sequence[AuditEntry]) -> str:
    rows = [
        [
            Cell(moment(entry.created_at), is_number=True),
            Cell(_decision(entry)[2]),
            Cell(entry.actor or ""),
            Cell(entry.reason or "–"),
        ]
        for entry in entries
    ]
    return table_html(request, Table([_("Day"), _("Decision"), _("Decided by"), _("Why")], rows))


def _decision(entry: AuditEntry) -> tuple[str, str, StrOrPromise]:
    return DECISIONS.get(entry.verb, ("orbit", "", entry.verb))


def circle_story(contact: Contact, limit: int) -> list[PersonStep]:
    return [
        PersonStep(
            entry.created_at,
            icon=_decision(entry)[0],
            tone=_decision(entry)[1],
            title=_decision(entry)[2],
            text=entry.reason,
            who=str(entry.actor or ""),
        )
        for entry in _decisions(contact)[:limit]
    ]


# --- consents and suppressions ---


def consents_panel(request: HttpRequest, contact: Contact) -> str:
    rows = [
        [
            Cell(consent.get_channel_display()),
            Cell(consent.get_basis_display(), hint=consent.text_version),
            Cell(consent.source),
            Cell(moment(consent.given_at), is_number=True),
            Cell(moment(consent.withdrawn_at), is_number=True),
        ]
        for consent in contact.consents.order_by("-given_at", "-pk")
    ]
    columns = [_("Channel"), _("Basis and text"), _("Source"), _("Given"), _("Withdrawn")]
    held = table_html(request, Table([_("Held back"), _("Reason"), _("Address"), _("Since")], _held(contact)))
    return table_html(request, Table(columns, rows)) + held


def _held(contact: Contact) -> list[list[Cell]]:
    mails = [key for key in contact.keys.all() if key.kind == ContactKey.Kind.EMAIL]
    by_hash = {hashed: key for key in mails for hashed in keyed_hashes(SUPPRESSION_PURPOSE, key.value)}
    found = Suppression.objects.filter(key_hash__in=by_hash).order_by("-created_at") if by_hash else []
    return [
        [
            Cell(pill(held.get_scope_display(), "danger")),
            Cell(held.get_reason_display()),
            Cell(by_hash[held.key_hash].shown),
            Cell(moment(held.created_at), is_number=True),
        ]
        for held in found
    ]


def consents_story(contact: Contact, limit: int) -> list[PersonStep]:
    steps = []
    for consent in contact.consents.order_by("-given_at", "-pk")[:limit]:
        words = f"{consent.get_channel_display()} · {consent.get_basis_display()}"
        steps.append(PersonStep(consent.given_at, "shield-check", _("Consent given"), words))
        if consent.withdrawn_at:
            steps.append(PersonStep(consent.withdrawn_at, "ban", _("Consent withdrawn"), words, tone="warning"))
    return sorted(steps, key=lambda step: step.at, reverse=True)[:limit]


# --- keys ---


def keys_panel(request: HttpRequest, contact: Contact) -> str:
    keys = sorted(contact.keys.all(), key=lambda key: (key.kind, key.source, key.pk))
    rows = [
        [
            Cell(key.get_kind_display()),
            Cell(key.shown),
            Cell(key.source or "–"),
            Cell(date_format(localtime(key.created_at))),
        ]
        for key in keys
    ]
    return table_html(request, Table([_("Kind"), _("As written"), _("Source"), _("Known since")], rows))


def known_story(contact: Contact, limit: int) -> list[PersonStep]:
    """When somebody became known here, and since when they buy."""
    steps = [PersonStep(contact.created_at, "contact", _("Became known here"))]
    if contact.customer_since:
        midnight = datetime.combine(contact.customer_since, time(), get_current_timezone())
        steps.append(PersonStep(midnight, "handshake", _("Became a customer"), tone="success"))
    return steps


# --- trail ---


def audit_panel(request: HttpRequest, contact: Contact) -> str:
    """Also of those who were found to be this person."""
    ids = [contact.public_id, *contact.merged.values_list("public_id", flat=True)]
    entries = AuditEntry.objects.filter(model=contact._meta.label_lower, object_id__in=ids)
    rows = [
        [
            Cell(moment(entry.created_at), is_number=True),
            Cell(entry.actor or entry.actor_label),
            Cell(entry.verb, hint=_change(entry)),
            Cell(entry.reason or "–"),
        ]
        for entry in entries.select_related("actor").order_by("-created_at", "-pk")[:LATEST]
    ]
    return table_html(request, Table([_("When"), _("Who"), _("What"), _("Why")], rows))


def _change(entry: AuditEntry) -> str:
    """What stood before and after, for those who look for it."""
    names = [name for name in entry.after if entry.before.get(name) != entry.after[name]]
    return ", ".join(f"{name}: {entry.before.get(name) or '–'} → {entry.after[name]}" for name in names)[:200]


# --- head ---


def customer_role(contact: Contact) -> tuple[StrOrPromise, str] | None:
    """Said by the relation already, unless that says something else."""
    is_told = contact.relation == Contact.Relation.CUSTOMER
    return (_("customer"), "success") if contact.is_customer and not is_told else None


def staff_role(contact: Contact) -> tuple[StrOrPromise, str] | None:
    """A colleague: what they earn or approve for themselves is a conflict of interest."""
    return (_("works here"), "warning") if contact.staff_users.exists() else None


def circle_role(contact: Contact) -> tuple[StrOrPromise, str] | None:
    choice: CircleChoice | None = getattr(contact, "circle", None)
    if choice is None or choice.status != CircleChoice.Status.MEMBER:
        return None
    return (_("inner circle: %(level)s") % {"level": choice.level} if choice.level else _("inner circle")), "accent"


def contact_figures(contact: Contact) -> list[PersonFigure]:
    bought = contact.last_purchase_at
    last = _("the latest on %(day)s") % {"day": date_format(localtime(bought))} if bought else _("none is known")
    answered = date_format(localtime(contact.nps_at)) if contact.nps_at else _("never asked")
    return [
        PersonFigure(_("Lifetime value"), value_words(contact) or "–", _("without what went back")),
        PersonFigure(_("Purchases"), contact.purchases_count, last),
        PersonFigure(_("NPS"), standing_pill(contact) or "–", answered),
    ]
