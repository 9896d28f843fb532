from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext

from advocates.admin.base import ReadOnlyAdmin, page_url, staff_of
from advocates.admin.contact_words import circle_pill
from advocates.circle import suggestions
from advocates.forms import NOTE_LENGTH
from advocates.models import CircleChoice
from advocates.selectors import contact_email, display_name
from advocates.services.circle import circle_choose
from config.lib import clock
from config.lib.errors import DomainError

OFFERED = (CircleChoice.Status.MEMBER, CircleChoice.Status.DISMISSED)
CHANGE = "advocates.change_circlechoice"


@admin.register(CircleChoice)
class CircleChoiceAdmin(ReadOnlyAdmin[CircleChoice]):
    """Above, whom the machine suggests and why; below, what people decided."""

    list_display = ("who", "state", "why", "note", "chosen_by", "chosen_at")
    list_filter = ("status",)
    list_select_related = ("contact__details", "chosen_by")
    search_fields = ("contact__details__name", "contact__keys__value")
    ordering = ("-chosen_at",)
    change_list_template = "admin/advocates/circlechoice/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        choose = path("choose/", self.admin_site.admin_view(self.choose), name="advocates_circlechoice_choose")
        return [choose, *super().get_urls()]

    @admin.display(description=_lazy("name"), ordering="contact__details__name")
    def who(self, choice: CircleChoice) -> str:
        return display_name(choice.contact)

    @admin.display(description=_lazy("decision"), ordering="status")
    def state(self, choice: CircleChoice) -> SafeString:
        return circle_pill(choice)

    @admin.display(description=_lazy("reasons at the time"))
    def why(self, choice: CircleChoice) -> str:
        return " · ".join(choice.reasons)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        offer: dict[str, Any] = {"may_choose": request.user.has_perm(CHANGE)}
        if offer["may_choose"]:
            offer["suggestions"] = [
                {
                    "contact": suggestion.contact,
                    "name": display_name(suggestion.contact),
                    "email": contact_email(suggestion.contact),
                    "reasons": suggestion.reasons,
                    "url": page_url(suggestion.contact),
                }
                for suggestion in suggestions()
            ]
        return super().changelist_view(request, (extra_context or {}) | offer)

    def choose(self, request: HttpRequest) -> HttpResponse:
        """Decide about the ticked suggestions; the reasons kept are those that stand now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        status = request.POST.get("status", "")
        if not request.user.has_perm(CHANGE) or status not in OFFERED:
            raise PermissionDenied
        ticked = set(request.POST.getlist("contact"))
        chosen = [suggestion for suggestion in suggestions() if suggestion.contact.public_id in ticked]
        try:
            for suggestion in chosen:
                circle_choose(
                    contact=suggestion.contact,
                    status=status,
                    actor=staff_of(request),
                    reasons=suggestion.reasons,
                    note=request.POST.get("note", "")[:NOTE_LENGTH],
                    now=clock.now(),
                )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        messages.info(request, _said(status, len(chosen)))
        return HttpResponseRedirect(reverse("admin:advocates_circlechoice_changelist"))


def _said(status: str, count: int) -> str:
    if not count:
        return _("Nobody was ticked, or somebody else decided meanwhile.")
    if status == CircleChoice.Status.MEMBER:
        text = ngettext("%(count)s person is in the inner circle now.", "%(count)s people are in it now.", count)
    else:
        text = ngettext("%(count)s person is not suggested again.", "%(count)s people are not suggested again.", count)
    return text % {"count": count}
