from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from advocates.admin.base import ConsoleAdmin, ReadOnlyAdmin, staff_of
from config.lib.money import Money, money_words
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.services.budgets import budget_save


class PeriodInline(admin.TabularInline[BudgetPeriod, Budget]):
    """What each period has used."""

    model = BudgetPeriod
    extra = 0
    can_delete = False
    fields = readonly_fields = ("period_key", "used_words", "left_words")
    verbose_name_plural = gettext_lazy("periods")

    def has_add_permission(self, request: HttpRequest, obj: Budget | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Budget | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("used"))
    def used_words(self, period: BudgetPeriod) -> str:
        return money_words(Money(period.used, period.budget.unit))

    @admin.display(description=gettext_lazy("left"))
    def left_words(self, period: BudgetPeriod) -> str:
        # Staff may have lowered the amount below what was already used.
        return money_words(Money(max(period.budget.amount - period.used, 0), period.budget.unit))


@admin.register(Budget)
class BudgetAdmin(ConsoleAdmin[Budget]):
    list_display = ("name", "campaign", "amount_words", "period", "used_words", "waiting")
    list_filter = ("campaign", "period")
    list_select_related = ("campaign",)
    ordering = ("campaign", "name")
    search_fields = ("name", "campaign__name")
    inlines = (PeriodInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        """Under a rule, and once money was set aside, only name and amount may change."""
        return ("campaign", "unit", "period") if obj and (obj.rules.exists() or obj.periods.exists()) else ()

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        budget_save(budget=obj, actor=staff_of(request))

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, budget: Budget) -> str:
        return money_words(Money(budget.amount, budget.unit))

    @admin.display(description=gettext_lazy("used in the latest period"))
    def used_words(self, budget: Budget) -> str:
        latest = budget.periods.order_by("-period_key").first()
        return money_words(Money(latest.used if latest else 0, budget.unit))

    @admin.display(description=gettext_lazy("rewards in line"))
    def waiting(self, budget: Budget) -> int:
        return Reward.objects.waiting_for_budget().filter(rule__budget=budget).count()


@admin.register(BudgetPeriod)
class BudgetPeriodAdmin(ReadOnlyAdmin[BudgetPeriod]):
    list_display = ("budget", "period_key", "used_words", "left_words")
    list_filter = ("budget",)
    list_select_related = ("budget",)
    ordering = ("-period_key", "budget")
    fields = ("budget", "period_key", "used_words", "left_words")
    used_words = PeriodInline.used_words
    left_words = PeriodInline.left_words
