from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import Verb, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, step
from campaigns.forms import ApiKeyForm
from campaigns.models import ApiKey
from campaigns.services.api_keys import api_key_create, api_key_revoke
from config.lib import clock


def revoke(request: HttpRequest, key: ApiKey, _cleaned: dict[str, Any]) -> str:
    api_key_revoke(key=key, actor=staff_of(request), now=clock.now())
    return _("The key is refused from now on.")


@admin.register(ApiKey)
class ApiKeyAdmin(DetailAdmin[ApiKey]):
    """A key is made here, shown once, and revoked here; nothing about it is edited."""

    list_display = ("name", "source", "scope", "shown_prefix", "state", "last_used_at", "expires_at")
    list_filter = ("source", "scope", "is_test")
    search_fields = ("name", "source", "shown_prefix")
    verbs = (
        Verb(
            name="revoke",
            label=gettext_lazy("Revoke"),
            permission="campaigns.change_apikey",
            run=revoke,
            allowed=lambda key: key.revoked_at is None,
            confirm=lambda key: gettext_lazy("Whatever uses this key gets no answer from now on. It cannot be undone."),
            icon="ban",
            tone="danger",
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The answer to the form is the page that shows the secret: once, and in no cache."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ApiKeyForm(request.POST or None)
        context = self.admin_site.each_context(request) | {
            "title": _("New API key"),
            "opts": self.opts,
            "form": form,
        }
        if request.method == "POST" and form.is_valid():
            key, secret = api_key_create(**form.cleaned_data, actor=staff_of(request), now=clock.now())
            context |= {"key": key, "secret": secret}
        response = TemplateResponse(request, "admin/campaigns/apikey/add.html", context)
        add_never_cache_headers(response)
        return response

    def detail(self, request: HttpRequest, key: ApiKey) -> dict[str, Any]:
        return {
            "title": key.name,
            "subtitle": f"{key.shown_prefix}…",
            "status": self.status(key),
            "timeline": [
                step(at, words, icon="key-round", who=who)
                for at, words, who in (
                    (key.revoked_at, _("Revoked"), ""),
                    (key.last_used_at, _("Last used"), ""),
                    (key.created_at, _("Made"), str(key.created_by or "")),
                )
                if at
            ],
            "facts": [
                fact(_("Source"), key.source),
                fact(_("Rights"), key.get_scope_display()),
                fact(_("Test"), _("yes") if key.is_test else _("no")),
                fact(_("Good until"), moment(key.expires_at)),
            ],
        }

    def status(self, key: ApiKey) -> dict[str, Any]:
        if key.revoked_at:
            return {"label": _("revoked"), "tone": "danger"}
        if key.expires_at and key.expires_at <= clock.now():
            return {"label": _("run out"), "tone": "neutral"}
        return {"label": _("in use"), "tone": "success"}

    @admin.display(description=gettext_lazy("status"))
    def state(self, key: ApiKey) -> SafeString:
        return super().state(key)
