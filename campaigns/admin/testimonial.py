"""What customers said of us: read, published as it is, or not; the words are theirs and nobody edits them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, pill, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note, step
from advocates.admin.person import PersonStep
from advocates.admin.tables import Cell, Table, table_html
from advocates.models import Contact
from advocates.selectors import display_name
from campaigns.forms import NeededReasonForm, PublishForm
from campaigns.models import Testimonial
from campaigns.services.testimonials import testimonial_decline, testimonial_publish
from config.lib import clock

Status = Testimonial.Status
TONES: dict[str, str] = {Status.SUBMITTED: "warning", Status.APPROVED: "success", Status.WITHDRAWN: "neutral"}
WORDS_SHOWN = 140


def publish(request: HttpRequest, said: Testimonial, answers: dict[str, Any]) -> str:
    testimonial_publish(testimonial=said, campaign=answers["campaign"], actor=staff_of(request), now=clock.now())
    return _("Published. %(name)s is told by mail.") % {"name": said.shown_name}


def decline(request: HttpRequest, said: Testimonial, answers: dict[str, Any]) -> str:
    testimonial_decline(testimonial=said, reason=answers["reason"], actor=staff_of(request), now=clock.now())
    return _("It stands on no page.")


@admin.register(Testimonial)
class TestimonialAdmin(DetailAdmin[Testimonial], ReadOnlyAdmin[Testimonial]):
    list_display = ("signature", "words", "language", "places_shown", "campaign", "state", "created_at")
    list_filter = ("status", "language", "campaign", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("contact__details", "campaign")
    search_fields = ("shown_name", "shown_company", "text", "contact__keys__value")
    ordering = ("-created_at",)
    tones = TONES
    verbs = (
        Verb(
            "publish",
            gettext_lazy("Publish"),
            "campaigns.change_testimonial",
            publish,
            allowed=lambda said: Testimonial.MOVES.allows(said.status, Status.APPROVED),
            form=PublishForm,
            confirm=lambda said: (
                _("“%(name)s” stands at: %(places)s. The person is told by mail.")
                % {"name": said.signature, "places": said.place_words}
            ),
            tone="primary",
            icon="check",
        ),
        Verb(
            "decline",
            gettext_lazy("Do not publish"),
            "campaigns.change_testimonial",
            decline,
            allowed=lambda said: Testimonial.MOVES.allows(said.status, Status.DECLINED),
            form=NeededReasonForm,
            confirm=lambda said: _("It is taken from the pages. The person sees that it is not published, not why."),
            tone="danger",
            icon="ban",
        ),
    )

    @admin.display(description=gettext_lazy("who"), ordering="shown_name")
    def signature(self, said: Testimonial) -> str:
        return said.signature

    @admin.display(description=gettext_lazy("words"))
    def words(self, said: Testimonial) -> str:
        return f"{said.text[:WORDS_SHOWN]}…" if len(said.text) > WORDS_SHOWN else said.text

    @admin.display(description=gettext_lazy("places of use"))
    def places_shown(self, said: Testimonial) -> str:
        return said.place_words

    def detail(self, request: HttpRequest, said: Testimonial) -> dict[str, Any]:
        return {
            "title": said.signature,
            "subtitle": _("Testimonial in %(language)s") % {"language": said.get_language_display()},
            "status": self.status(said),
            "notes": _notes(said),
            "timeline": _story(said),
            "facts": [
                fact(_("Person"), display_name(said.contact), url=page_url(said.contact)),
                fact(_("Places of use"), said.place_words),
                fact(_("Shown in"), said.campaign or _("all campaigns")),
                fact(_("Agreed"), moment(said.consented_at), hint=said.consent_version),
                fact(_("Text agreed to"), said.consent_text),
                fact(_("Decided by"), said.decided_by or NOTHING),
            ],
        }


def _notes(said: Testimonial) -> list[dict[str, Any]]:
    if said.status == Status.WITHDRAWN:
        return [note(_("The person took their words back: they may be used nowhere."), tone="danger")]
    return []


def _story(said: Testimonial) -> list[dict[str, Any]]:
    story = [step(said.created_at, _("Written"), icon="quote", text=said.text, who=said.signature)]
    if said.decided_at:
        is_shown = said.status != Status.DECLINED
        title = _("Published") if is_shown else _("Not published")
        icon, tone = ("check", "success") if is_shown else ("ban", "")
        story.insert(0, step(said.decided_at, title, icon=icon, tone=tone, who=str(said.decided_by or "")))
    if said.withdrawn_at:
        story.insert(0, step(said.withdrawn_at, _("Taken back by the person"), icon="undo-2", tone="danger"))
    return story


# --- on the person's page ---


def state_pill(said: Testimonial) -> SafeString:
    return pill(said.get_status_display(), TONES.get(Status(said.status), "neutral"))


def testimonials_panel(request: HttpRequest, contact: Contact) -> str:
    rows = [
        [
            Cell(date_format(localtime(said.created_at)), url=page_url(said)),
            Cell(Truncator(said.text).chars(160)),
            Cell(said.place_words),
            Cell(state_pill(said)),
        ]
        for said in contact.testimonials.order_by("-created_at", "-pk")
    ]
    return table_html(request, Table([_("Day"), _("Words"), _("Places of use"), _("Status")], rows))


def testimonials_story(contact: Contact, limit: int) -> Sequence[PersonStep]:
    return [
        PersonStep(at=said.created_at, icon="quote", title=_("Wrote a testimonial"), text=said.text)
        for said in contact.testimonials.order_by("-created_at", "-pk")[:limit]
    ]
