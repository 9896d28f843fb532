"""From the page of a person: merging them with somebody else, what was merged, and taking that back."""

from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext

from advocates.admin.base import Verb, page_url, staff_of
from advocates.admin.detail import moment
from advocates.admin.person import PERSON_FIGURES
from advocates.admin.tables import Cell, Table, table_html
from advocates.errors import NoMerge
from advocates.forms import MergeForm
from advocates.models import Contact, ContactKey, ContactMerge
from advocates.people import family
from advocates.selectors import display_name
from advocates.services.contacts import ContactRef, contact_find
from advocates.services.merging import UNDO_FOR, contacts_merge, merge_to_undo, merge_undo
from advocates.standing import standing
from config.lib import clock
from config.lib.money import Money, money_words

CHANGE = "advocates.change_contactpair"


def moves_words(left: Contact, right: Contact) -> str:
    """What will happen when these become one, and to how much money."""
    day = date_format(localtime(clock.now() + UNDO_FOR))
    held = [f"{letter} ({display_name(who)}): {_holds(who)}" for letter, who in (("A", left), ("B", right))]
    words = _(
        "Everything of the one who does not stay goes over: purchases, links, referrals, consents, mails, rewards and "
        "the money on their accounts. Both ids go on to work. It can be undone until %(day)s."
    )
    return " ".join([words % {"day": day}, *(f"{each}." for each in held)])


def _holds(contact: Contact) -> str:
    count = contact.purchases_count
    bought = ngettext("%(count)d purchase", "%(count)d purchases", count) % {"count": count}
    balance = PERSON_FIGURES.get("balance")
    figures = balance.read(contact) if balance else ()
    return ", ".join([bought, *(f"{figure.title} {figure.number}" for figure in figures if figure.number != "–")])


def merge_with(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    other = whom(said["whom"])
    if other is None:
        raise NoMerge(_("Nobody here is known by that. Give an address, a number or an id that starts with con_."))
    contacts_merge(kept=contact, gone=other, actor=staff_of(request), reason=said["note"], now=clock.now())
    return _("%(other)s is a part of this person now.") % {"other": display_name(other)}


def whom(said: str) -> Contact | None:
    """Who is meant by an id, an address, a phone number or a customer number of any source; None if not just one."""
    said = said.strip()
    if said.startswith("con_"):
        return contact_find(ref=ContactRef(id=said), source="")
    if "@" in said:
        return contact_find(ref=ContactRef(email=said), source="")
    if said.startswith("+"):
        return contact_find(ref=ContactRef(phone=said), source="")
    keys = ContactKey.objects.select_related("contact").filter(kind=ContactKey.Kind.EXTERNAL, value=said)
    found = {standing(key.contact) for key in keys[:2]}
    return found.pop() if len(found) == 1 else None


def undo(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    merge = merge_to_undo(contact, clock.now())
    if merge is None:
        raise NoMerge(_("There is no merge to undo."))
    merge = merge_undo(merge=merge, actor=staff_of(request), now=clock.now())
    left = [money_words(Money(abs(row["amount"]), row["unit"])) for row in merge.before.get("left", [])]
    if left:
        return _("Two people again. What was spent since could not go back: %(amounts)s.") % {
            "amounts": ", ".join(left)
        }
    return _("Two people again: what was moved went back.")


def _undo_words(contact: Contact) -> str:
    merge = merge_to_undo(contact, clock.now())
    if merge is None:
        return ""
    words = _(
        "%(gone)s becomes a person of their own again, with what they brought on %(day)s, money included. What came "
        "since stays with %(kept)s, and so does what was paid out since."
    )
    day = date_format(localtime(merge.merged_at))
    return words % {"gone": display_name(merge.gone), "kept": display_name(merge.kept), "day": day}


def merges_panel(request: HttpRequest, contact: Contact) -> str:
    """Who was found to be this person, when and by whom."""
    merges = ContactMerge.objects.filter(kept__in=family(contact)).select_related("gone__details", "merged_by")
    rows = [
        [
            Cell(display_name(merge.gone), url=page_url(merge.gone), hint=merge.gone.public_id),
            Cell(moment(merge.merged_at), hint=str(merge.merged_by or "")),
            Cell(merge.reason or "–"),
            Cell(_until(merge)),
        ]
        for merge in merges.order_by("-pk")[:20]
    ]
    return table_html(request, Table([_("Who"), _("Merged"), _("Why"), _("Undo")], rows))


def _until(merge: ContactMerge) -> str:
    if merge.undone_at:
        return _("undone on %(day)s") % {"day": date_format(localtime(merge.undone_at))}
    if merge.undo_until < clock.now():
        return _("no longer possible")
    return _("until %(day)s") % {"day": date_format(localtime(merge.undo_until))}


MERGE_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "merge",
        _lazy("Merge with…"),
        CHANGE,
        merge_with,
        allowed=lambda contact: not contact.merged_into_id and not contact.erased_at,
        form=MergeForm,
        confirm=lambda contact: _(
            "The person on this page stays. Everything of the other goes over to them: purchases, links, referrals, "
            "consents, mails, rewards and the money on their accounts. It can be undone for 30 days."
        ),
        icon="user-check",
    ),
    Verb(
        "undo-merge",
        _lazy("Undo the merge"),
        CHANGE,
        undo,
        allowed=lambda contact: merge_to_undo(contact, clock.now()) is not None,
        confirm=_undo_words,
        icon="undo-2",
    ),
)
