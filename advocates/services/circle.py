from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from advocates.locks import contacts_lock
from advocates.models import CircleChoice, CircleLevel, CircleSuggestion, Contact, User
from advocates.services.audit import audit
from config.lib.errors import DomainError
from config.lib.insert_once import insert_once
from config.lib.states import NotAllowed, Stale, move

Status = CircleChoice.Status


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides: `level` belongs to members, `remind_on` to those to be looked at later."""

    status: str
    note: str = ""
    level: CircleLevel | None = None
    remind_on: date | None = None

    def columns(self) -> dict[str, Any]:
        is_member, is_later = self.status == Status.MEMBER, self.status == Status.LATER
        return {
            "note": self.note,
            "level": self.level if is_member else None,
            "remind_on": self.remind_on if is_later else None,
        }


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of deciding about many: those it holds for, and those about whom somebody else had decided."""

    done: list[Contact] = field(default_factory=list)
    left_out: list[Contact] = field(default_factory=list)


def circle_choose(
    *,
    contact: Contact,
    status: str,
    actor: User,
    reasons: Sequence[Any] = (),
    note: str = "",
    level: CircleLevel | None = None,
    remind_on: date | None = None,
    now: datetime,
) -> CircleChoice:
    """A person decides about somebody: take in, not suggest again, look again on a day, or take out.

    Deciding the same again is nothing; another day to look again is. `reasons`: as the machine gave them; without,
    those of the open suggestion. Raises NotAllowed (not in, so not out; no day given) or Stale.
    """
    decision = Decision(status, note, level, remind_on)
    if status == Status.LATER and remind_on is None:
        raise NotAllowed(_("Say on which day you want to look again."))
    with transaction.atomic():
        contacts_lock(ids=[contact.pk])
        return _decide(contact, decision, actor, list(reasons), now)


def circle_choose_many(*, ids: Iterable[str], decision: Decision, actor: User, now: datetime) -> Decided:
    """Decide about everybody with these public ids whom nobody has decided about yet, each in its own transaction."""

    def choose(contact: Contact) -> None:
        with transaction.atomic():
            contacts_lock(ids=[contact.pk])
            if CircleChoice.objects.filter(contact=contact).exclude(status=Status.LATER).exists():
                raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
            _decide(contact, decision, actor, [], now)

    return _each(ids, choose)


def circle_level_set(*, contact: Contact, level: CircleLevel | None, actor: User, note: str = "") -> None:
    """How near a member stands, that is, what they are offered. Raises NotAllowed (not in) or Stale."""
    with transaction.atomic():
        contacts_lock(ids=[contact.pk])
        choice = CircleChoice.objects.members().filter(contact=contact).first()
        if choice is None:
            raise NotAllowed(_("This person is not in the inner circle."))
        before = choice.level_id
        if before == (level.pk if level else None):
            return
        changes = {"level": level} | ({"note": note} if note else {})
        if not CircleChoice.objects.filter(pk=choice.pk, status=Status.MEMBER, level=before).update(**changes):
            raise Stale(_("Somebody changed this a moment ago. Look at it again before you go on."))
        audit(
            verb="circle.level",
            row=contact,
            actor=actor,
            before={"level": before},
            after={"level": level.pk if level else None},
            reason=note,
        )


def circle_remove_many(*, ids: Iterable[str], actor: User, note: str, now: datetime) -> Decided:
    """Take out whoever of them is in; the others are left out."""

    def remove(contact: Contact) -> None:
        circle_choose(contact=contact, status=Status.REMOVED, actor=actor, note=note, now=now)

    return _each(ids, remove)


def circle_level_set_many(*, ids: Iterable[str], level: CircleLevel | None, actor: User, note: str) -> Decided:
    """Set the level of whoever of them is in; the others are left out."""

    def set_level(contact: Contact) -> None:
        circle_level_set(contact=contact, level=level, actor=actor, note=note)

    return _each(ids, set_level)


def circle_level_save(*, level: CircleLevel, changed: Sequence[str], actor: User) -> None:
    """Save a level; `changed` names the fields that the form found different."""
    with transaction.atomic():
        before = CircleLevel.objects.filter(pk=level.pk).values(*changed).first() if level.pk and changed else None
        level.save()
        after = {name: getattr(level, name) for name in changed}
        audit(verb="changed" if before else "created", row=level, actor=actor, before=before, after=after)


def _each(ids: Iterable[str], act: Callable[[Contact], None]) -> Decided:
    """One after the other: what is refused for one holds nobody else up."""
    outcome = Decided()
    people = Contact.objects.living().filter(public_id__in=list(ids)).select_related("details")
    for contact in people.prefetch_related("keys").order_by("pk"):
        try:
            act(contact)
        except DomainError:
            outcome.left_out.append(contact)
        else:
            outcome.done.append(contact)
    return outcome


def _decide(contact: Contact, decision: Decision, actor: User, reasons: list[Any], now: datetime) -> CircleChoice:
    columns = decision.columns() | {"chosen_by": actor, "chosen_at": now}
    kept = reasons or _reasons_given(contact)
    choice, is_new = _choice(contact, decision.status, columns | {"reasons": kept})
    before = "" if is_new else choice.status
    is_same_day = choice.remind_on == decision.remind_on
    if before == decision.status and (before != Status.LATER or is_same_day):
        return choice
    if not is_new:
        changes = columns | ({"reasons": kept} if kept else {})
        move(choice, to=decision.status, table=CircleChoice.MOVES, **changes)
    _suggestion_close(contact, decision.status, actor, now)
    audit(
        verb=f"circle.{decision.status}",
        row=contact,
        actor=actor,
        before={"status": before},
        after=_trace(choice),
        reason=decision.note,
    )
    return choice


def _trace(choice: CircleChoice) -> dict[str, Any]:
    trace: dict[str, Any] = {"status": choice.status}
    if choice.level_id:
        trace["level"] = choice.level_id
    if choice.remind_on:
        trace["remind_on"] = choice.remind_on
    return trace


def _reasons_given(contact: Contact) -> list[Any]:
    suggestion = CircleSuggestion.objects.open().filter(contact=contact).first()
    return list(suggestion.reasons) if suggestion else []


def _suggestion_close(contact: Contact, status: str, actor: User, now: datetime) -> None:
    CircleSuggestion.objects.filter(live_key=contact.public_id, decision="").update(
        decision=status, decided_by=actor, decided_at=now, live_key=F("public_id")
    )


def _choice(contact: Contact, status: str, columns: dict[str, Any]) -> tuple[CircleChoice, bool]:
    if status != Status.REMOVED:
        return insert_once(CircleChoice, unique=["contact"], contact=contact, status=status, **columns)
    standing = CircleChoice.objects.filter(contact=contact).first()
    if standing is None:
        raise NotAllowed(_("This person is not in the inner circle."))
    return standing, False
