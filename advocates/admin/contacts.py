from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin, Verb
from advocates.admin.circle import circle_action
from advocates.admin.circle_verbs import CHANGE
from advocates.admin.contact_filters import (
    CircleFilter,
    ComplaintFilter,
    LevelFilter,
    SegmentFilter,
    StandingFilter,
    saved_views,
)
from advocates.admin.contact_verbs import CONTACT_VERBS
from advocates.admin.contact_words import (
    circle_pill,
    circle_status,
    contact_facts,
    contact_notes,
    standing_pill,
    value_words,
)
from advocates.admin.detail import DetailAdmin, may
from advocates.admin.person import PERSON_FACTS, PERSON_VERBS, figures_of, panels_of, roles_of, story_of
from advocates.admin.person_search import PersonSearch
from advocates.models import Contact
from advocates.models.consent import ConsentChannel
from advocates.selectors import contact_email, contact_phone, display_name

# Steps of the story, and by how many more it grows when somebody asks for earlier ones.
LATEST, MOST = 20, 500
VERBS_FIRST = ("take-in", "ask-now", "level", "later", "dismiss", "note-answer", "note-moment")


@admin.register(Contact)
class ContactAdmin(PersonSearch[Contact], DetailAdmin[Contact], ReadOnlyAdmin[Contact]):
    """Everything about one person on one page; the apps above register their parts in advocates/admin/person.py."""

    list_display = ("who", "address", "relation", "purchases_count", "value", "standing", "circle_state", "created_at")
    list_filter = (
        "relation",
        SegmentFilter,
        StandingFilter,
        CircleFilter,
        LevelFilter,
        ComplaintFilter,
        "language",
        "is_test",
    )
    search_fields = ("public_id__exact",)
    people = ("pk",)
    search_help_text = _lazy("Name, company, address or customer number")
    ordering = ("-created_at",)
    list_select_related = ("details", "circle")
    change_form_template = "admin/advocates/contact/change_form.html"
    actions = ("take_into_circle",)

    @property
    def verbs(self) -> tuple[Verb[Contact], ...]:  # type: ignore[override]
        """Of this app and of those above: first what is done most."""
        every = (*CONTACT_VERBS, *PERSON_VERBS)
        return tuple(sorted(every, key=lambda verb: VERBS_FIRST.index(verb.name) if verb.name in VERBS_FIRST else 99))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).filter(merged_into=None, erased_at=None).prefetch_related("keys")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Contact | None:
        """Also of somebody who was merged: the page says who they are now."""
        people = Contact.objects.select_related("details", "circle__chosen_by", "circle__level", "merged_into__details")
        known = people.prefetch_related("keys").filter(pk=object_id) if object_id.isdecimal() else people.none()
        return known.first()

    def get_actions(self, request: HttpRequest) -> Any:
        return super().get_actions(request) if request.user.has_perm(CHANGE) else {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"saved_views": saved_views(request)})

    @admin.action(description=_lazy("Take into the inner circle"))
    def take_into_circle(self, request: HttpRequest, queryset: QuerySet[Contact]) -> HttpResponse:
        return circle_action(request, queryset)

    @admin.display(description=_lazy("name"), ordering="details__name")
    def who(self, contact: Contact) -> str:
        return display_name(contact)

    @admin.display(description=_lazy("e-mail address"))
    def address(self, contact: Contact) -> str:
        return contact_email(contact)

    @admin.display(description=_lazy("lifetime value"), ordering="lifetime_amount")
    def value(self, contact: Contact) -> str:
        return value_words(contact)

    @admin.display(description=_lazy("NPS"), ordering="nps_score")
    def standing(self, contact: Contact) -> SafeString | str:
        return standing_pill(contact)

    @admin.display(description=_lazy("inner circle"), ordering="circle__status")
    def circle_state(self, contact: Contact) -> SafeString | str:
        return circle_pill(contact.circle) if circle_status(contact) else ""

    def detail(self, request: HttpRequest, contact: Contact) -> dict[str, Any]:
        details = getattr(contact, "details", None)
        return {
            "title": display_name(contact),
            "company": details.company if details else "",
            "email": contact_email(contact),
            "phone": contact_phone(contact),
            "notes": contact_notes(contact),
            "facts": contact_facts(contact) + [line for facts in PERSON_FACTS for line in facts(contact)],
            "may": [may(contact, channel) for channel in (ConsentChannel.EMAIL, ConsentChannel.PHONE)],
        }

    def sections(self, request: HttpRequest, contact: Contact) -> dict[str, Any]:
        limit = _limit(request)
        story, has_earlier = story_of(request, contact, limit)
        return {
            "roles": roles_of(request, contact),
            "figures": figures_of(request, contact),
            "panels": panels_of(request, contact),
            "story": story,
            "earlier": limit + LATEST * 2 if has_earlier and limit < MOST else 0,
        }


def _limit(request: HttpRequest) -> int:
    """How many steps of the story were asked for."""
    asked = request.GET.get("story", "")
    return min(int(asked), MOST) if asked.isdecimal() and len(asked) < 5 else LATEST
