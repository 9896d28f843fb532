"""Forgetting somebody, and everything about somebody in one file; and the list of who was forgotten, without names."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, staff_of
from advocates.models import Contact, Erasure
from advocates.selectors import display_name
from advocates.services.erasure import contact_erase, open_matters
from advocates.services.export import contact_export
from config.lib import clock
from config.lib.downloads import json_file

PERMISSION = "advocates.add_erasure"


class ForgetForm(forms.Form):
    """A slip of the mouse is not enough."""

    typed = forms.CharField(label=_lazy("Type “forget” to confirm"), max_length=20, widget=forms.TextInput)

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip().casefold()
        if typed not in ("forget", _("forget").casefold()):
            raise forms.ValidationError(_("Type the word “%(word)s”.") % {"word": _("forget")})
        return typed


def forget(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    erasure = contact_erase(contact=contact, way=Erasure.Way.STAFF, actor=staff_of(request), now=clock.now())
    return _("Forgotten. What remains has no name; the proof of it is %(erasure)s.") % {"erasure": erasure.public_id}


def forget_words(contact: Contact) -> str:
    """What goes, what stays, and what is still open with them."""
    goes = _(
        "Name, addresses, notes, mails, moments, testimonials, the bank account, and the files in which %(name)s was "
        "handed in are deleted. Their links stop, and no import brings them back."
    ) % {"name": display_name(contact)}
    stays = _("Purchases, recommendations and the books stay, without a name. This cannot be undone.")
    return " ".join([goes, stays, *(str(matter.sentence) for matter in open_matters(contact))])


def download(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> HttpResponse:
    told = contact_export(contact=contact, actor=staff_of(request), now=clock.now())
    return json_file(told, name=f"{contact.public_id}.json")


ERASURE_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "download-everything",
        _lazy("Download everything"),
        PERMISSION,
        download,
        allowed=lambda contact: not contact.erased_at,
        confirm=lambda contact: _(
            "Everything that stands here about this person, in one file that a machine can read. "
            "That you took it out is noted."
        ),
        icon="download",
    ),
    Verb(
        "forget",
        _lazy("Forget this person"),
        PERMISSION,
        forget,
        allowed=lambda contact: not contact.erased_at,
        form=ForgetForm,
        confirm=forget_words,
        tone="danger",
    ),
)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin[Erasure]):
    list_display = ("public_id", "who", "way", "asked_by", "rows", "erased_at")
    list_filter = ("way", "erased_at")
    search_fields = ("public_id", "contact__public_id")
    search_help_text = _lazy("Number of the erasure or of the contact")
    ordering = ("-erased_at",)
    list_select_related = ("contact", "asked_by")
    fields = ("public_id", "who", "way", "asked_by", "erased_at", "deleted")
    readonly_fields = fields

    @admin.display(description=_lazy("contact"))
    def who(self, erasure: Erasure) -> str:
        return erasure.contact.public_id

    @admin.display(description=_lazy("rows"))
    def rows(self, erasure: Erasure) -> int:
        return sum(erasure.counts.values())

    @admin.display(description=_lazy("what was deleted"))
    def deleted(self, erasure: Erasure) -> str:
        return ", ".join(f"{name}: {count}" for name, count in sorted(erasure.counts.items()))
