"""By what the list of people is cut, and the looks at it that are used again and again."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy as _lazy
from django_stubs_ext import StrPromise

from advocates.admin.contact_words import STANDINGS
from advocates.models import CircleChoice, CircleLevel, Contact, Segment, SegmentMember
from advocates.selectors import open_complaints, without_open_complaint


class StandingFilter(admin.SimpleListFilter):
    title = _lazy("NPS")
    parameter_name = "nps"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        known: list[tuple[str, StrPromise]] = [(name, label) for name, (label, _tone) in STANDINGS.items()]
        return [*known, ("unknown", _lazy("never asked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if self.value() == "promoter":
            return queryset.filter(nps_score__gte=Contact.PROMOTER_FROM)
        if self.value() == "passive":
            return queryset.filter(nps_score__gte=Contact.PASSIVE_FROM, nps_score__lt=Contact.PROMOTER_FROM)
        if self.value() == "detractor":
            return queryset.filter(nps_score__lt=Contact.PASSIVE_FROM)
        return queryset.filter(nps_score=None) if self.value() == "unknown" else queryset


class SegmentFilter(admin.SimpleListFilter):
    title = _lazy("segment")
    parameter_name = "segment"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if not request.user.has_perm("advocates.view_segment"):
            return []
        return list(Segment.objects.filter(is_active=True).order_by("name").values_list("public_id", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if not self.value():
            return queryset
        members = SegmentMember.objects.filter(contact=OuterRef("pk"), segment__public_id=self.value())
        return queryset.filter(Exists(members))


class CircleFilter(admin.SimpleListFilter):
    title = _lazy("inner circle")
    parameter_name = "circle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [(value, label) for value, label in CircleChoice.Status.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        return queryset.filter(circle__status=self.value()) if self.value() else queryset


class LevelFilter(admin.SimpleListFilter):
    title = _lazy("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(level.pk), level.name) for level in CircleLevel.objects.order_by("rank")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        known = {str(pk) for pk, _name in self.lookup_choices}
        return queryset.filter(circle__level=int(self.value() or 0)) if self.value() in known else queryset


class ComplaintFilter(admin.SimpleListFilter):
    title = _lazy("open complaint")
    parameter_name = "complaint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrPromise]]:
        return [("yes", _lazy("yes")), ("no", _lazy("no"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        if self.value() == "yes":
            return queryset.filter(Exists(open_complaints().filter(contact=OuterRef("pk"))))
        return without_open_complaint(queryset) if self.value() == "no" else queryset


def saved_views(request: HttpRequest) -> list[dict[str, Any]]:
    home, query = reverse("admin:advocates_contact_changelist"), request.GET.urlencode()
    views = [
        (_("Everybody"), ""),
        (_("Inner circle"), "circle=member"),
        (_("Promoters"), "nps=promoter"),
        (_("Detractors"), "nps=detractor"),
        (_("With an open complaint"), "complaint=yes"),
        (_("Leads"), "relation__exact=lead"),
        (_("Partners"), "relation__exact=partner"),
    ]
    return [
        {"label": label, "url": f"{home}?{wanted}" if wanted else home, "current": query == wanted}
        for label, wanted in views
    ]
