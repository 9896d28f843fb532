from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ConsoleAdmin, staff_of
from advocates.models import CircleChoice, CircleLevel
from advocates.services.circle import circle_level_save


@admin.register(CircleLevel)
class CircleLevelAdmin(ConsoleAdmin[CircleLevel]):
    """How near people of the inner circle stand, and what each level is offered."""

    list_display = ("name", "rank", "offer", "people")
    ordering = ("rank",)
    fields = ("name", "rank", "offer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CircleLevel]:
        members = Q(choices__status=CircleChoice.Status.MEMBER, choices__contact__merged_into=None)
        return super().get_queryset(request).annotate(people=Count("choices", filter=members))

    @admin.display(description=_lazy("people"), ordering="people")
    def people(self, level: CircleLevel) -> int:
        return level.people  # type: ignore[attr-defined,no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        empty = {
            "title": _("No levels yet"),
            "text": _(
                "A level says how near somebody stands and what they are offered, such as a dinner, early access "
                "or a gift. Without levels everybody in the inner circle is alike."
            ),
            "url": "add/",
            "button": _("Add a level"),
        }
        return super().changelist_view(request, (extra_context or {}) | {"empty": empty})

    def save_model(
        self, request: HttpRequest, obj: CircleLevel, form: forms.ModelForm[CircleLevel], change: bool
    ) -> None:
        circle_level_save(level=obj, changed=form.changed_data, actor=staff_of(request))
