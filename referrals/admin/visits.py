from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from advocates.admin.base import ReadOnlyAdmin
from referrals.models import Visit


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin[Visit]):
    """Which links were followed. Whoever followed them is not known."""

    list_display = ("occurred_at", "advocate", "campaign", "channel", "is_document")
    list_filter = ("is_document", "channel", ("enrolment__campaign", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("enrolment__contact__details", "enrolment__campaign")
    search_fields = ("=enrolment__code", "=visitor")
    exclude = ("address_hash", "agent_hash")
    ordering = ("-occurred_at",)

    @admin.display(description=_("advocate"))
    def advocate(self, visit: Visit) -> str:
        return str(visit.enrolment.contact)

    @admin.display(description=_("campaign"))
    def campaign(self, visit: Visit) -> str:
        return str(visit.enrolment.campaign)
