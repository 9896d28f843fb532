from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from campaigns.admin.inlines import CAMPAIGN_INLINES
from campaigns.models import Campaign
from rewards.admin.simulate import PERMISSION
from rewards.models import RewardRule


class TryInline(admin.TabularInline[RewardRule, Campaign]):
    """No rows: the button on the campaign's page that leads to where its rules are tried."""

    model = RewardRule
    template = "admin/rewards/simulate/way.html"
    fields = readonly_fields = ("key",)
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("try the rules")

    def has_view_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RewardRule]:
        return super().get_queryset(request).none()


CAMPAIGN_INLINES.register("try rules", TryInline)
