from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin, page_url
from advocates.admin.circle_bulk import BULK_VERBS, BulkVerb, people_of, said_left_out
from advocates.admin.circle_page import FILTERS, circle_figures, suggestions_page
from advocates.admin.circle_verbs import CHANGE
from advocates.admin.contact_words import circle_pill
from advocates.models import CircleChoice, CircleLevel, CircleSuggestion, Contact
from advocates.selectors import display_name
from advocates.services.jobs import job_run
from config.lib import clock

Status = CircleChoice.Status
LIST = "admin:advocates_circlechoice_changelist"
JOB = "circle_suggest"
# Below this everybody is weighed while the page waits, a few seconds for twenty thousand; above it, by the daily job.
WEIGHED_AT_ONCE = 20_000
NOTE_SHOWN = 80


@admin.register(CircleChoice)
class CircleChoiceAdmin(ReadOnlyAdmin[CircleChoice]):
    """First whom the machine suggests and why; by the views above it, what people decided."""

    list_display = ("who", "state", "level", "relation", "looked_at", "because", "chosen_by", "decided")
    list_filter = ("status", ("level", admin.RelatedOnlyFieldListFilter), "contact__relation")
    list_select_related = ("contact__details", "chosen_by", "level")
    search_fields = ("contact__details__name", "contact__details__company", "contact__keys__value")
    search_help_text = _lazy("Name, company or address")
    ordering = ("-chosen_at",)
    actions = ("bulk_level", "bulk_removed", "bulk_member")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CircleChoice]:
        return super().get_queryset(request).filter(contact__merged_into=None).prefetch_related("contact__keys")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("choose/", view(self.choose), name="advocates_circlechoice_choose"),
            path("weigh/", view(self.weigh), name="advocates_circlechoice_weigh"),
            *super().get_urls(),
        ]

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm(CHANGE) else {}

    # --- the list of decisions ---

    @admin.display(description=_lazy("name"), ordering="contact__details__name")
    def who(self, choice: CircleChoice) -> str:
        return display_name(choice.contact)

    @admin.display(description=_lazy("decision"), ordering="status")
    def state(self, choice: CircleChoice) -> SafeString:
        return circle_pill(choice)

    @admin.display(description=_lazy("relation"), ordering="contact__relation")
    def relation(self, choice: CircleChoice) -> str:
        return choice.contact.get_relation_display()

    @admin.display(description=_lazy("look again on"), ordering="remind_on")
    def looked_at(self, choice: CircleChoice) -> Any:
        return choice.remind_on

    @admin.display(description=_lazy("note"), ordering="note")
    def because(self, choice: CircleChoice) -> str:
        return Truncator(choice.note).chars(NOTE_SHOWN)

    @admin.display(description=_lazy("decided"), ordering="chosen_at")
    def decided(self, choice: CircleChoice) -> str:
        return date_format(localtime(choice.chosen_at))

    @admin.action(description=_lazy("Set the level"))
    def bulk_level(self, request: HttpRequest, queryset: QuerySet[CircleChoice]) -> HttpResponse:
        return self.confirm_page(request, BULK_VERBS["level"], _ids_of(queryset))

    @admin.action(description=_lazy("Take out of the inner circle"))
    def bulk_removed(self, request: HttpRequest, queryset: QuerySet[CircleChoice]) -> HttpResponse:
        return self.confirm_page(request, BULK_VERBS["removed"], _ids_of(queryset))

    @admin.action(description=_lazy("Take into the inner circle"))
    def bulk_member(self, request: HttpRequest, queryset: QuerySet[CircleChoice]) -> HttpResponse:
        return self.confirm_page(request, BULK_VERBS["member"], _ids_of(queryset))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Without a filter of the list, the suggestions: they are what one comes for."""
        views = {"saved_views": self._views(request)}
        if request.method == "GET" and set(request.GET) <= set(FILTERS):
            return self._suggestions(request, views)
        return super().changelist_view(request, (extra_context or {}) | views)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A decision is shown where everything else about the person is."""
        choice = self.get_object(request, object_id)
        if choice is None or not self.has_view_permission(request, choice):
            return super().change_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(f"{page_url(choice.contact)}#circle")

    # --- suggestions ---

    def _suggestions(self, request: HttpRequest, views: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        last = CircleSuggestion.objects.order_by("-refreshed_at").values_list("refreshed_at", flat=True).first()
        context = self.admin_site.each_context(request) | views | suggestions_page(request, clock.now())
        context |= {
            "title": self.opts.verbose_name_plural,
            "opts": self.opts,
            "may_choose": request.user.has_perm(CHANGE),
            "figures": circle_figures(),
            "levels_url": _levels_url(request),
            "people_url": reverse("admin:advocates_contact_changelist"),
            "weighed_at": last,
        }
        return TemplateResponse(request, "admin/advocates/circlechoice/suggestions.html", context)

    def _views(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The suggestions, and the decisions by kind."""
        home, now = reverse(LIST), localtime(clock.now()).date()
        chosen = request.GET.get("status__exact", "")
        due = CircleChoice.objects.due_again(on=now).count()
        members = CircleChoice.objects.members().count()
        kinds = [
            (Status.MEMBER, _("In the inner circle"), members),
            (Status.LATER, _("To be looked at again"), due or None),
            (Status.DISMISSED, _("Not suggested again"), None),
            (Status.REMOVED, _("Taken out"), None),
        ]
        is_first = set(request.GET) <= set(FILTERS)
        return [
            {"label": _("Suggestions"), "url": home, "current": is_first, "count": None},
            *(
                {"label": label, "url": f"{home}?status__exact={status}", "current": chosen == status, "count": count}
                for status, label, count in kinds
            ),
        ]

    def weigh(self, request: HttpRequest) -> HttpResponse:
        """Look for suggestions now, where that is quick enough for a page to wait."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        back = HttpResponseRedirect(reverse(LIST))
        if Contact.objects.order_by()[:WEIGHED_AT_ONCE].count() >= WEIGHED_AT_ONCE:
            messages.info(request, _("There are too many people to weigh while you wait: it is done once a day."))
            return back
        run = job_run(name=JOB)
        found = run.result.get("new", 0)
        messages.success(request, _("Everybody was weighed: %(count)s new suggestions.") % {"count": found})
        return back

    # --- decisions about several ---

    def choose(self, request: HttpRequest) -> HttpResponse:
        """First the page that says how many and whom; when that is agreed to, each by the service. Who only comes by,
        after signing in again or by an old tab, begins at the list.
        """
        if request.method != "POST":
            return HttpResponseRedirect(_back(request))
        name, ids = _wanted(request)
        verb = BULK_VERBS.get(name)
        if verb is None or not request.user.has_perm(CHANGE):
            raise PermissionDenied
        form = verb.form(request.POST if "confirmed" in request.POST else None)
        if not ids:
            messages.warning(request, _("Nobody was ticked."))
        elif not form.is_valid():
            return self.confirm_page(request, verb, ids, form)
        else:
            self._run(request, verb, ids, form.cleaned_data)
        return HttpResponseRedirect(_back(request))

    def _run(self, request: HttpRequest, verb: BulkVerb, ids: Sequence[str], said: dict[str, Any]) -> None:
        decided = verb.run(request, ids, said, clock.now())
        if decided.done:
            messages.success(request, verb.done(len(decided.done)) % {"count": len(decided.done)})
        if left_out := said_left_out(decided):
            messages.warning(request, left_out)

    def confirm_page(self, request: HttpRequest, verb: BulkVerb, ids: Sequence[str], form: Any = None) -> HttpResponse:
        people = people_of(ids)
        context = self.admin_site.each_context(request) | {
            "title": verb.label,
            "opts": self.opts,
            "verb": verb,
            "sentence": verb.ask(len(people)) % {"count": len(people)},
            "people": [{"id": one.public_id, "name": display_name(one), "url": page_url(one)} for one in people],
            "form": form if form is not None and form.is_bound else verb.form(),
            "back": _back(request),
        }
        return TemplateResponse(request, "admin/advocates/circlechoice/confirm.html", context)


def circle_action(request: HttpRequest, contacts: QuerySet[Contact]) -> HttpResponse:
    """Take people from any list of contacts into the circle, over the same page."""
    own = admin.site.get_model_admin(CircleChoice)
    assert isinstance(own, CircleChoiceAdmin)  # noqa: S101 - registered above
    return own.confirm_page(request, BULK_VERBS["member"], list(contacts.values_list("public_id", flat=True)))


def _wanted(request: HttpRequest) -> tuple[str, list[str]]:
    """The verb and the people: of a button beside one person, or of the ticked."""
    name, _colon, one = request.POST.get("only", "").partition(":")
    return (name, [one]) if one else (request.POST.get("action", ""), request.POST.getlist("contact"))


def _back(request: HttpRequest) -> str:
    """The list that one came from; never another site."""
    came = request.POST.get("back", "")
    return came if came.startswith(f"{reverse('admin:index')}advocates/") else reverse(LIST)


def _ids_of(choices: QuerySet[CircleChoice]) -> list[str]:
    return list(choices.values_list("contact__public_id", flat=True))


def _levels_url(request: HttpRequest) -> str:
    may = request.user.has_perm("advocates.view_circlelevel")
    return reverse(f"admin:{CircleLevel._meta.app_label}_circlelevel_changelist") if may else ""
