"""The console's own ways: lists that stay quick, pages that tell a story, verbs that go through a service.

A change is a *verb* with a form, a permission and a sentence that says what will happen; its door calls one service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from advocates.models import User
from advocates.services.conflicts import conflicts_kept
from config.lib import clock
from config.lib.errors import DomainError

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)  # with slots, Verb[Row](…) fails on Python 3.11
class Verb(Generic[M]):
    """What staff can do with one row. `run(request, row, cleaned_data)` calls the service and returns what to say,
    or an answer of its own, such as a file.

    `permission`: codename with app, such as "rewards.change_reward". `allowed(row)` says whether it is offered now.
    `confirm(row)`: what will happen, and to how much money. `tone`: primary, neutral or danger. `form_for(row)`: the
    form where what it asks depends on the row.
    """

    name: str
    label: StrOrPromise
    permission: str
    run: Callable[[HttpRequest, M, dict[str, Any]], StrOrPromise | HttpResponse]
    allowed: Callable[[M], bool] = field(default=lambda row: True)
    form: type[forms.Form] = forms.Form
    confirm: Callable[[M], StrOrPromise] | None = None
    tone: str = "neutral"
    icon: str = ""
    form_for: Callable[[M], type[forms.Form]] | None = None

    def form_class(self, row: M) -> type[forms.Form]:
        return self.form_for(row) if self.form_for else self.form


class ConsoleAdmin(admin.ModelAdmin[M]):
    """Nothing is deleted by hand; verbs stand beside the story of a row.

    `tones`: the tone of each status; a status without one is neutral.
    """

    list_per_page = 50
    empty_value_display = "–"
    show_full_result_count = False
    verbs: Sequence[Verb[M]] = ()
    tones: Mapping[str, str] = {}

    def status(self, row: M) -> dict[str, Any]:
        """Label and tone of how the row stands."""
        return {"label": row.get_status_display(), "tone": self.tones.get(row.status, "neutral")}  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, row: M) -> SafeString:
        return pill(**self.status(row))

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_verb"
        verb = path("<path:object_id>/do/<slug:name>/", self.admin_site.admin_view(self.verb_view), name=name)
        return [verb, *super().get_urls()]

    def verb_url(self, row: M, verb: Verb[M]) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_verb", args=[row.pk, verb.name])

    def verbs_for(self, request: HttpRequest, row: M) -> list[dict[str, Any]]:
        """The verbs that this person may use on this row now, as `actions` of admin/components/detail.html.

        A page has one main action: the first that would be one. What is dangerous stands last.
        """
        usable = [verb for verb in self.verbs if verb.allowed(row) and request.user.has_perm(verb.permission)]
        main = next((verb for verb in usable if verb.tone == "primary"), None)
        return [
            {
                "url": self.verb_url(row, verb),
                "label": verb.label,
                "tone": "neutral" if verb.tone == "primary" and verb is not main else verb.tone,
                "icon": verb.icon,
                "confirm": verb.confirm(row) if verb.confirm else "",
                # Several dialogs stand on one page: each names its fields after its verb.
                "form": form(auto_id=f"{verb.name}_%s") if (form := verb.form_class(row)).base_fields else None,
            }
            for verb in sorted(usable, key=lambda verb: (verb is not main, verb.tone == "danger"))
        ]

    def verb_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        row = self.get_object(request, object_id)
        verb = next((verb for verb in self.verbs if verb.name == name), None)
        if row is None or verb is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        # The page before the deed names the row: nobody comes by it to what they may not see.
        if not (self.has_view_permission(request, row) and request.user.has_perm(verb.permission)):
            raise PermissionDenied
        back = HttpResponseRedirect(page_url(row))
        if not verb.allowed(row):
            messages.warning(request, _("That is no longer possible here: look at how it stands now."))
            return back
        asks = verb.form_class(row)
        form = asks(request.POST, request.FILES) if request.method == "POST" else asks()
        if request.method == "POST" and form.is_valid():
            try:
                with conflicts_kept(clock.now()):
                    said = verb.run(request, row, form.cleaned_data)
            except DomainError as refusal:
                messages.error(request, str(refusal))
                return back
            if isinstance(said, HttpResponse):
                return said
            messages.success(request, str(said))
            return back
        context = self.admin_site.each_context(request) | {
            "title": verb.label,
            "verb": verb,
            "row": row,
            "form": form,
            "sentence": verb.confirm(row) if verb.confirm else "",
            "back_url": back.url,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/components/verb.html", context)


class ReadOnlyAdmin(ConsoleAdmin[M]):
    """Rows that only services write: to be looked at, and acted on by verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def staff_of(request: HttpRequest) -> User:
    """Who is signed in to the console; its views let nobody else in."""
    user: User = request.user  # type: ignore[assignment]
    return user


def page_url(row: models.Model) -> str:
    """The row's own page in the console."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def pill(label: StrOrPromise, tone: str) -> SafeString:
    """A status with icon and word. Tones: neutral, accent, warm, success, warning, danger."""
    return render_to_string("components/status_pill.html", {"label": label, "tone": tone})
