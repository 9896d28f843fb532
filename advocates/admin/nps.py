"""What people answered to *would you recommend us?*, the figure of it, and who waits for a word from us."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext
from django_stubs_ext import StrOrPromise, StrPromise

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, pill, staff_of
from advocates.admin.circle_verbs import stands
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note, step
from advocates.admin.person import PersonStep
from advocates.admin.person_search import PersonSearch
from advocates.forms import NpsAnswerForm
from advocates.models import Contact, NpsAnswer
from advocates.nps import NpsFigures, nps_now_and_before
from advocates.selectors import STANDING_WORDS, display_name, nps_words
from advocates.services.nps import nps_handled, nps_record
from config.lib import clock
from config.lib.ids import new_public_id
from config.lib.rounding import round_half_away

TONES = {"promoter": "success", "passive": "neutral", "detractor": "danger"}
ICONS = {"promoter": "thumbs-up", "passive": "circle", "detractor": "triangle-alert"}
SHOWN = 10
COMMENT_SHOWN = 120


def standing_words(answer: NpsAnswer) -> str:
    return f"{answer.score} · {STANDING_WORDS[answer.standing]}"


class StandingFilter(admin.SimpleListFilter):
    title = _lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return list(STANDING_WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[NpsAnswer]) -> QuerySet[NpsAnswer]:
        if self.value() == "promoter":
            return queryset.filter(score__gte=Contact.PROMOTER_FROM)
        if self.value() == "passive":
            return queryset.filter(score__gte=Contact.PASSIVE_FROM, score__lt=Contact.PROMOTER_FROM)
        if self.value() == "detractor":
            return queryset.filter(score__lt=Contact.PASSIVE_FROM)
        return queryset


class WaitingFilter(admin.SimpleListFilter):
    title = _lazy("to answer")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [("yes", _lazy("to answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[NpsAnswer]) -> QuerySet[NpsAnswer]:
        return queryset.filter(pk__in=NpsAnswer.objects.to_answer()) if self.value() == "yes" else queryset


def handled(request: HttpRequest, answer: NpsAnswer, said: dict[str, Any]) -> str:
    nps_handled(answer=answer, actor=staff_of(request), now=clock.now())
    return _("Noted: somebody got in touch.")


@admin.register(NpsAnswer)
class NpsAnswerAdmin(PersonSearch[NpsAnswer], DetailAdmin[NpsAnswer], ReadOnlyAdmin[NpsAnswer]):
    list_display = ("who", "standing", "words", "via", "occurred_at", "waits")
    list_filter = (StandingFilter, WaitingFilter, "via", ("occurred_at", admin.DateFieldListFilter), "contact__is_test")
    list_select_related = ("contact__details",)
    search_fields = ("comment", "source")
    search_help_text = _lazy("Name, address or words of the comment")
    ordering = ("-occurred_at",)
    date_hierarchy = "occurred_at"
    change_list_template = "admin/advocates/npsanswer/change_list.html"
    verbs = (
        Verb(
            "handled",
            _lazy("We got in touch"),
            "advocates.change_npsanswer",
            handled,
            allowed=lambda answer: answer.waits_for_answer,
            confirm=lambda answer: _("Somebody has spoken to this person about what they wrote."),
            tone="primary",
            icon="check",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[NpsAnswer]:
        return super().get_queryset(request).prefetch_related("contact__keys")

    @admin.display(description=_lazy("person"), ordering="contact__details__name")
    def who(self, answer: NpsAnswer) -> str:
        return display_name(answer.contact)

    @admin.display(description=_lazy("answer"), ordering="score")
    def standing(self, answer: NpsAnswer) -> SafeString:
        return pill(standing_words(answer), TONES[answer.standing])

    @admin.display(description=_lazy("comment"))
    def words(self, answer: NpsAnswer) -> str:
        long = len(answer.comment) > COMMENT_SHOWN
        return f"{answer.comment[:COMMENT_SHOWN]}…" if long else answer.comment

    @admin.display(description=_lazy("to answer"))
    def waits(self, answer: NpsAnswer) -> SafeString | str:
        return pill(_("to answer"), "warning") if answer.waits_for_answer else ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        latest, before = nps_now_and_before(clock.now())
        waiting = NpsAnswer.objects.to_answer().count()
        own = {
            "figures": _figures(latest, before),
            "waiting": waiting,
            "waiting_url": reverse("admin:advocates_npsanswer_changelist") + "?waiting=yes",
        }
        return super().changelist_view(request, (extra_context or {}) | own)

    def detail(self, request: HttpRequest, answer: NpsAnswer) -> dict[str, Any]:
        return {
            "title": display_name(answer.contact),
            "subtitle": _("Would recommend us: %(score)s of 10") % {"score": answer.score},
            "status": {"label": STANDING_WORDS[answer.standing], "tone": TONES[answer.standing]},
            "notes": [note(_("This person waits for a word from us."), tone="warning")]
            if answer.waits_for_answer
            else [],
            "timeline": _answer_story(answer),
            "facts": [
                fact(_("Person"), display_name(answer.contact), url=page_url(answer.contact)),
                fact(_("Standing today"), nps_words(answer.contact, clock.now()).words),
                fact(_("Came by"), answer.get_via_display(), hint=answer.source),
                fact(_("Answered"), moment(answer.occurred_at)),
                fact(_("Noted by"), answer.recorded_by or NOTHING),
            ],
        }


def _answer_story(answer: NpsAnswer) -> list[dict[str, Any]]:
    story = [
        step(
            answer.occurred_at,
            standing_words(answer),
            icon=ICONS[answer.standing],
            text=answer.comment,
            who=str(answer.recorded_by or answer.get_via_display()),
        )
    ]
    if answer.handled_at:
        story.insert(0, step(answer.handled_at, _("Somebody got in touch"), icon="check", tone="success"))
    return story


def _figures(latest: NpsFigures, before: NpsFigures) -> list[dict[str, Any]]:
    """For components/stat.html: each number with what it means."""
    count = ngettext("%(count)s answer in 90 days", "%(count)s answers in 90 days", latest.count)
    then = ngettext("from %(count)s answer", "from %(count)s answers", before.count)
    return [
        {
            "title": _("NPS, last 90 days"),
            "number": score_words(latest.score),
            "meaning": count % {"count": latest.count},
            "tone": "accent",
        },
        {
            "title": _("NPS, 90 days before"),
            "number": score_words(before.score),
            "meaning": then % {"count": before.count},
        },
        *(
            {"title": title, "number": number, "meaning": _share(number, latest.count), "tone": tone}
            for title, number, tone in (
                (_("Promoters"), latest.promoters, "success"),
                (_("Passives"), latest.passives, ""),
                (_("Detractors"), latest.detractors, "danger"),
            )
        ),
    ]


def score_words(score: int | None) -> str:
    # A true minus sign, as wide as the plus.
    if score is None:
        return NOTHING
    return f"{score:+d}".replace("-", "−") if score else "0"


def _share(number: int, count: int) -> str:
    return _("%(percent)s %% of the last 90 days") % {"percent": round_half_away(100 * number, count)} if count else ""


# --- on the person's page ---


def note_answer(request: HttpRequest, contact: Contact, said: dict[str, Any]) -> str:
    now = clock.now()
    answer, _is_new = nps_record(
        contact=contact,
        score=int(said["score"]),
        comment=said["comment"],
        via=NpsAnswer.Via.STAFF,
        source="console",
        event_id=new_public_id("nps"),
        occurred_at=now,
        actor=staff_of(request),
        now=now,
    )
    said_words = {"name": display_name(contact), "standing": standing_words(answer)}
    return _("Noted. %(name)s: %(standing)s.") % said_words


NPS_VERBS: tuple[Verb[Contact], ...] = (
    Verb(
        "note-answer",
        _lazy("Note an NPS answer"),
        "advocates.add_npsanswer",
        note_answer,
        allowed=stands,
        form=NpsAnswerForm,
        confirm=lambda contact: _(
            "Only what the person said when you asked: “How likely are you to recommend us to somebody?”"
        ),
        icon="message-circle",
    ),
)


def nps_panel(request: HttpRequest, contact: Contact) -> str:
    answers = list(contact.nps_answers.order_by("-occurred_at", "-pk")[:SHOWN])
    if not answers:
        return ""
    rows = [
        {
            "answer": answer,
            "pill": pill(standing_words(answer), TONES[answer.standing]),
            "waits": answer.waits_for_answer,
            "url": page_url(answer),
        }
        for answer in answers
    ]
    now_words = nps_words(contact, clock.now())
    context = {"rows": rows, "is_old": now_words.is_old}
    return render_to_string("admin/advocates/panels/nps.html", context, request=request)


def nps_story(contact: Contact, limit: int) -> Sequence[PersonStep]:
    answers = contact.nps_answers.select_related("recorded_by").order_by("-occurred_at", "-pk")[:limit]
    return [
        PersonStep(
            at=answer.occurred_at,
            icon=ICONS[answer.standing],
            title=_said_title(answer),
            text=answer.comment,
            who=str(answer.recorded_by or answer.get_via_display()),
            tone=TONES[answer.standing] if answer.standing != "passive" else "",
        )
        for answer in answers
    ]


def _said_title(answer: NpsAnswer) -> StrOrPromise:
    return _("Would recommend us: %(standing)s") % {"standing": standing_words(answer)}
