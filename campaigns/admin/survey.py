from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.admin.base import Verb, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note, step
from advocates.admin.nps import score_words
from advocates.models import AuditEntry, NpsAnswer
from advocates.nps import nps_figures
from campaigns.admin.base import SettingsAdmin
from campaigns.forms import NpsSurveyForm
from campaigns.models import NpsSurvey
from campaigns.services.surveys import due_people, survey_end, survey_start
from config.lib import clock
from config.lib.rounding import round_half_away

Status = NpsSurvey.Status
STEPS_SHOWN = 30


def start(request: HttpRequest, survey: NpsSurvey, said: dict[str, Any]) -> str:
    survey_start(survey=survey, actor=staff_of(request), now=clock.now())
    return _("“%(survey)s” asks from now on.") % {"survey": survey}


def end(request: HttpRequest, survey: NpsSurvey, said: dict[str, Any]) -> str:
    survey_end(survey=survey, actor=staff_of(request), now=clock.now())
    return _("“%(survey)s” asks nobody any more.") % {"survey": survey}


def start_sentence(survey: NpsSurvey) -> str:
    count = due_people(survey, now=clock.now()).count()
    sentence = ngettext(
        "%(count)s person is due today and gets a mail, at most %(limit)s a day. Who rests, unsubscribed or complained "
        "is left out.",
        "%(count)s people are due today and get a mail, at most %(limit)s a day. Who rests, unsubscribed or complained "
        "is left out.",
        count,
    )
    return sentence % {"count": count, "limit": survey.daily_limit}


@admin.register(NpsSurvey)
class NpsSurveyAdmin(DetailAdmin[NpsSurvey], SettingsAdmin[NpsSurvey]):
    form = NpsSurveyForm
    list_display = ("name", "state", "whom", "daily_limit", "repeat_after_days", "asked", "answered")
    list_filter = ("status",)
    search_fields = ("name",)
    list_select_related = ("segment",)
    change_form_template = "admin/campaigns/npssurvey/change_form.html"
    tones = {Status.ACTIVE: "success"}
    verbs = (
        Verb(
            "start",
            gettext_lazy("Start asking"),
            "campaigns.change_npssurvey",
            start,
            allowed=lambda survey: NpsSurvey.MOVES.allows(survey.status, Status.ACTIVE),
            confirm=start_sentence,
            tone="primary",
            icon="send",
        ),
        Verb(
            "end",
            gettext_lazy("Stop asking"),
            "campaigns.change_npssurvey",
            end,
            allowed=lambda survey: NpsSurvey.MOVES.allows(survey.status, Status.ENDED),
            confirm=lambda survey: _("Nobody is asked any more. Whoever has a mail can still answer."),
            tone="danger",
            icon="pause",
        ),
    )

    def save_model(self, request: HttpRequest, obj: NpsSurvey, form: forms.ModelForm[NpsSurvey], change: bool) -> None:
        if not change:
            obj.created_by = staff_of(request)
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("whom to ask"))
    def whom(self, survey: NpsSurvey) -> str:
        return str(survey.segment or _("all customers"))

    @admin.display(description=gettext_lazy("asked"))
    def asked(self, survey: NpsSurvey) -> int:
        return survey.invitations.count()

    @admin.display(description=gettext_lazy("answered"))
    def answered(self, survey: NpsSurvey) -> int:
        return survey.invitations.exclude(answered_at=None).count()

    def detail(self, request: HttpRequest, survey: NpsSurvey) -> dict[str, Any]:
        due = due_people(survey, now=clock.now()).count()
        return {
            "title": survey.name,
            "subtitle": _("How likely are you to recommend us to a friend or a colleague?"),
            "icon": "message-circle",
            "status": self.status(survey),
            "notes": _notes(survey, due),
            "timeline": _story(survey),
            "facts": [
                fact(_("Whom to ask"), self.whom(survey)),
                fact(_("Mails a day at most"), survey.daily_limit),
                fact(_("Asked again after days"), survey.repeat_after_days),
                fact(_("Due now"), due),
                fact(_("Made by"), survey.created_by or NOTHING, hint=moment(survey.created_at)),
            ],
        }

    def sections(self, request: HttpRequest, survey: NpsSurvey) -> dict[str, Any]:
        return {"show_form": survey.status != Status.ENDED, "figures": _figures(survey)}


def _notes(survey: NpsSurvey, due: int) -> list[dict[str, Any]]:
    if survey.status == Status.DRAFT:
        return [note(_("It asks nobody until somebody starts it."))]
    if survey.status == Status.ACTIVE and due:
        return [note(_("The next mails go within the hour."))]
    return []


def _figures(survey: NpsSurvey) -> list[dict[str, Any]]:
    asked = survey.invitations.count()
    answered = survey.invitations.exclude(answered_at=None).count()
    figures = nps_figures(NpsAnswer.objects.filter(survey_invitation__survey=survey))
    rate = f"{round_half_away(100 * answered, asked)} %" if asked else NOTHING
    of_asked = _("%(answered)s of %(asked)s") % {"answered": answered, "asked": asked}
    standings = _("promoters: %(promoters)s · passives: %(passives)s · detractors: %(detractors)s") % {
        "promoters": figures.promoters,
        "passives": figures.passives,
        "detractors": figures.detractors,
    }
    return [
        {"title": _("Asked"), "number": asked, "meaning": _("by mail, each with a link of their own")},
        {"title": _("Answered"), "number": rate, "meaning": of_asked},
        {
            "title": _("NPS of this survey"),
            "number": score_words(figures.score),
            "meaning": standings,
            "tone": "accent",
            "url": reverse("admin:advocates_npsanswer_changelist") + "?via__exact=survey",
        },
    ]


def _story(survey: NpsSurvey) -> list[dict[str, Any]]:
    trail = AuditEntry.objects.filter(model=survey._meta.label_lower, object_id=survey.public_id)
    return [
        step(entry.created_at, _words(entry), icon="history", who=str(entry.actor or entry.actor_label))
        for entry in trail.select_related("actor").order_by("-created_at", "-pk")[:STEPS_SHOWN]
    ]


def _words(entry: AuditEntry) -> str:
    to = entry.after.get("status", "")
    if to in Status.values:
        return _("The survey is %(status)s") % {"status": Status(to).label}
    return {"created": _("Made"), "changed": _("Changed")}.get(entry.verb, entry.verb)
