"""How a person is told to staff: pills, facts and notes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import page_url, pill
from advocates.admin.detail import fact, note
from advocates.models import CircleChoice, Contact
from advocates.selectors import nps_words, open_complaint
from config.lib.money import Money, money_words

STANDINGS = {
    "promoter": (_lazy("promoter"), "success"),
    "passive": (_lazy("passive"), "neutral"),
    "detractor": (_lazy("detractor"), "danger"),
}


PAIR_REASONS = {
    "keys_of_two": _lazy("number of the one, address of the other"),
    "address_alias": _lazy("same mailbox but for the part after the +"),
    "phone_same": _lazy("same telephone"),
    "company_same": _lazy("same company"),
    "company_alike": _lazy("similar company"),
    "name_same": _lazy("same name"),
    "name_alike": _lazy("similar name"),
}


def pair_reasons(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why two may be one person, in words."""
    return [str(PAIR_REASONS[reason["code"]]) for reason in reasons if reason["code"] in PAIR_REASONS]


def circle_status(contact: Contact) -> str:
    choice = getattr(contact, "circle", None)
    return choice.status if choice else ""


def circle_pill(choice: CircleChoice) -> SafeString:
    is_member = choice.status == CircleChoice.Status.MEMBER
    return pill(choice.get_status_display(), "accent" if is_member else "neutral")


def value_words(contact: Contact) -> str:
    return money_words(Money(contact.lifetime_amount, contact.lifetime_unit)) if contact.lifetime_unit else ""


def standing_pill(contact: Contact) -> SafeString | str:
    """An answer older than a year is said to be old, and says nothing by its colour any more."""
    if not contact.nps_standing:
        return ""
    # For a year any clock is exact enough; the database is not asked for it in each row of a list.
    said = nps_words(contact, timezone.now())
    _label, tone = STANDINGS[said.standing]
    return pill(said.words, "neutral" if said.is_old else tone)


def contact_facts(contact: Contact) -> list[dict[str, Any]]:
    """What is known; what is not is left out."""
    facts = [
        (_("Customer since"), _day(contact.customer_since), ""),
        (_("Language"), contact.get_language_display() if contact.language else "", ""),
        (_("Country"), contact.country, contact.region),
        (_("Time zone"), contact.time_zone, ""),
        (_("Last asked"), _day(contact.last_asked_at), ""),
        (_("Known since"), _day(contact.created_at), contact.public_id),
    ]
    return [fact(label, value, hint=hint) for label, value, hint in facts if value != ""]


def contact_notes(contact: Contact) -> list[dict[str, Any]]:
    if contact.merged_into:
        words = _("This was found to be one person with somebody else. Everything stands on the other page.")
        link = {"url": page_url(contact.merged_into), "label": str(contact.merged_into)}
        return [note(words, tone="warning") | {"link": link}]
    if contact.erased_at:
        return [note(_("This person asked to be forgotten. What remains has no name."), tone="warning")]
    notes = []
    complaint = open_complaint(contact)
    if complaint:
        day = {"day": _day(complaint.occurred_at), "note": complaint.note}
        words = _("Complained on %(day)s: %(note)s") if complaint.note else _("Complained on %(day)s.")
        link = {"url": page_url(complaint), "label": _("Not asked for anything until it is settled.")}
        notes.append(note(words % day, tone="danger") | {"link": link})
    if contact.is_test:
        notes.append(note(_("A test contact: it is paid nothing and stands in no figure."), tone="warning"))
    return notes


def _day(day: date | None) -> str:
    return date_format(day) if day else ""
