from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advocates.models import CircleChoice, Contact, User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from config.lib.states import NotAllowed, move


def circle_choose(
    *, contact: Contact, status: str, actor: User, reasons: Sequence[str], note: str = "", now: datetime
) -> CircleChoice:
    """A person decides about somebody: take in, not suggest again, or take out. Deciding the same again is nothing.

    `reasons`: what the machine said at the time, in words. Raises NotAllowed (not in, so not out) or Stale.
    """
    decided = {"reasons": list(reasons), "note": note, "chosen_by": actor, "chosen_at": now}
    with transaction.atomic():
        choice, is_new = _choice(contact, status, decided)
        before = "" if is_new else choice.status
        if before == status:
            return choice
        if not is_new:
            move(choice, to=status, table=CircleChoice.MOVES, **decided)
        audit(
            verb=f"circle.{status}",
            row=contact,
            actor=actor,
            before={"status": before},
            after={"status": status},
            reason=note,
        )
    return choice


def _choice(contact: Contact, status: str, decided: dict[str, Any]) -> tuple[CircleChoice, bool]:
    if status != CircleChoice.Status.REMOVED:
        return insert_once(CircleChoice, unique=["contact"], contact=contact, status=status, **decided)
    standing = CircleChoice.objects.filter(contact=contact).first()
    if standing is None:
        raise NotAllowed(_("This person is not in the inner circle."))
    return standing, False
