"""The search of lists whose rows are about people."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from advocates.finding import people_like

M = TypeVar("M", bound=Model)


class PersonSearch(admin.ModelAdmin[M]):
    """Finds rows by the people they are about, and by `search_fields`, which then name columns of the row alone.

    `people`: the ways from a row to a person.
    """

    people: Sequence[str] = ("contact",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        if not search_term.strip():
            return queryset, False
        own, has_twice = super().get_search_results(request, queryset, search_term)
        found: Any = people_like(search_term)
        about = Q()
        for way in self.people:
            about |= Q(**{f"{way}__in": found})
        rows = self.model._default_manager.filter(about).order_by().values("pk").union(own.order_by().values("pk"))
        return queryset.filter(pk__in=rows), has_twice
