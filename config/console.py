"""Django's admin with a front page that says what is to be done, one search, and allauth's sign-in."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from config import dashboard, search
from config.lib import clock
from config.navigation import navigation


class ConsoleSite(AdminSite):
    site_title = site_header = "Innercircle"
    index_title = _("Today")
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [path("search/", self.admin_view(self.search), name="search"), *super().get_urls()]

    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whoever is not signed in is sent to the sign-in page, where lock-out and second factor are."""
        return super().login(request, extra_context)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        own = {"navigation": navigation(self, request), "search_url": reverse("admin:search")}
        return super().each_context(request) | own

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        today = dashboard.today(self, request.user, now=clock.now())
        return super().index(request, (extra_context or {}) | {"today": today})

    def search(self, request: HttpRequest) -> TemplateResponse:
        query = " ".join(request.GET.get("q", "")[: search.MAX_LENGTH].split())
        context = self.each_context(request) | {
            "title": _("Search"),
            "query": query,
            "global_query": query,
            "groups": search.find_everything(self, request.user, query),
        }
        return TemplateResponse(request, "admin/search.html", context)
