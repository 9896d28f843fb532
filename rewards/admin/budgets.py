"""Budgets: how each stands, what the straight line says, until when it lasts, and who stands in line for it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, page_url, pill, staff_of
from advocates.admin.detail import DetailAdmin, fact, moment, note
from config.lib import clock
from config.lib.money import Money, money_words
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.pacing import Paced, paced, paced_one
from rewards.services.budgets import budget_save
from rewards.words.pace import outlook_words, pace_state, used_words, waiting_line_words

PERIODS_SHOWN = 12
LINE_SHOWN = 20


@admin.register(Budget)
class BudgetAdmin(DetailAdmin[Budget]):
    change_form_template = "admin/rewards/budget/change_form.html"
    list_display = ("name", "campaign", "amount_words", "period", "used_words", "outlook", "waiting")
    list_filter = ("campaign", "period")
    list_select_related = ("campaign",)
    ordering = ("campaign", "name")
    search_fields = ("name", "campaign__name")
    fields = ("campaign", "name", "unit", "amount", "period")

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        """Under a rule, and once money was set aside, only name and amount may change."""
        return ("campaign", "unit", "period") if obj and (obj.rules.exists() or obj.periods.exists()) else ()

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The pace of a whole page is read at once."""
        changes = super().get_changelist_instance(request)
        shown = Budget.objects.filter(pk__in=[row.pk for row in changes.result_list])
        found = {one.budget.pk: one for one in paced(shown, clock.now())}
        for row in changes.result_list:
            row.paced = found[row.pk]
        return changes

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        budget_save(budget=obj, actor=staff_of(request))

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def amount_words(self, budget: Budget) -> str:
        return money_words(Money(budget.amount, budget.unit))

    @admin.display(description=gettext_lazy("used in this period"))
    def used_words(self, budget: Budget) -> str:
        found: Paced = budget.paced  # type: ignore[attr-defined]
        return f"{money_words(Money(found.pace.used, budget.unit))} · {found.pace.percent} %"

    @admin.display(description=gettext_lazy("how it goes on"))
    def outlook(self, budget: Budget) -> SafeString:
        return pill(**pace_state(budget.paced))  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("rewards in line"))
    def waiting(self, budget: Budget) -> int:
        found: Paced = budget.paced  # type: ignore[attr-defined]
        return found.pace.waiting

    def detail(self, request: HttpRequest, budget: Budget) -> dict[str, Any]:
        found = paced_one(budget, clock.now())
        return {
            "title": budget.name,
            "subtitle": budget.campaign.name,
            "icon": "wallet",
            "status": pace_state(found),
            "notes": _notes(found),
            "facts": _facts(found),
        }

    def sections(self, request: HttpRequest, budget: Budget) -> dict[str, Any]:
        found = paced_one(budget, clock.now())
        periods = budget.periods.order_by("-period_key")[:PERIODS_SHOWN]
        return {
            "show_form": self.has_change_permission(request, budget),
            "pace": _bars(found),
            # What worries stands above the page already.
            "sentences": [used_words(found), *([] if found.pace.is_worrying else [outlook_words(found)])],
            "line_words": waiting_line_words(found),
            "line": [_in_line(number, reward) for number, reward in enumerate(_line(budget), start=1)],
            "periods": [_period(period, budget) for period in periods],
        }


@admin.register(BudgetPeriod)
class BudgetPeriodAdmin(ReadOnlyAdmin[BudgetPeriod]):
    list_display = ("budget", "period_key", "used_words", "left_words", "warned")
    list_filter = ("budget",)
    list_select_related = ("budget",)
    ordering = ("-period_key", "budget")
    fields = ("budget", "period_key", "used_words", "left_words", "warned")

    @admin.display(description=gettext_lazy("used"))
    def used_words(self, period: BudgetPeriod) -> str:
        return money_words(Money(period.used, period.budget.unit))

    @admin.display(description=gettext_lazy("left"))
    def left_words(self, period: BudgetPeriod) -> str:
        return left_words(period, period.budget)

    @admin.display(description=gettext_lazy("warned"), ordering="warned_at")
    def warned(self, period: BudgetPeriod) -> str:
        return moment(period.warned_at)


def left_words(period: BudgetPeriod, budget: Budget) -> str:
    """Staff may have lowered the amount below what was already used."""
    return money_words(Money(max(budget.amount - period.used, 0), budget.unit))


def _notes(found: Paced) -> list[dict[str, Any]]:
    if not found.pace.is_worrying:
        return []
    return [note(outlook_words(found), tone="danger" if found.pace.is_used_up else "warning")]


def _facts(found: Paced) -> list[dict[str, Any]]:
    budget, pace = found.budget, found.pace
    lasts = date_format(pace.last) if pace.last else _("no end is known")
    facts = [
        fact(_("Campaign"), budget.campaign, url=page_url(budget.campaign)),
        fact(_("Amount"), money_words(Money(budget.amount, budget.unit)), hint=str(budget.get_period_display())),
        fact(_("This period"), f"{date_format(pace.first)} – {lasts}"),
        fact(_("Left"), money_words(Money(pace.left, budget.unit))),
    ]
    if found.period and found.period.warned_at:
        facts.append(fact(_("Warned"), moment(found.period.warned_at)))
    return facts


def _bars(found: Paced) -> list[dict[str, Any]]:
    """What is used, and beside it what the straight line would have used by today."""
    pace, unit = found.pace, found.budget.unit
    bars = [{"label": _("Used"), "percent": pace.percent, "words": money_words(Money(pace.used, unit))}]
    if pace.expected is not None and pace.amount:
        bars.append(
            {
                "label": _("Used evenly"),
                "percent": pace.expected * 100 // pace.amount,
                "words": money_words(Money(pace.expected, unit)),
            }
        )
    return bars


def _line(budget: Budget) -> list[Reward]:
    waiting = Reward.objects.waiting_for_budget().filter(rule__budget=budget)
    return list(waiting.select_related("contact__details")[:LINE_SHOWN])


def _in_line(number: int, reward: Reward) -> dict[str, Any]:
    return {
        "number": number,
        "person": str(reward.contact or reward.public_id),
        "url": page_url(reward),
        "amount": money_words(Money(reward.amount, reward.unit)),
        "earned": moment(reward.created_at),
    }


def _period(period: BudgetPeriod, budget: Budget) -> dict[str, Any]:
    return {
        "key": _("the whole campaign") if period.period_key == "all" else period.period_key,
        "used": money_words(Money(period.used, budget.unit)),
        "left": left_words(period, budget),
        "percent": min(period.used * 100 // budget.amount, 100) if budget.amount else 100,
        "warned": moment(period.warned_at),
    }
