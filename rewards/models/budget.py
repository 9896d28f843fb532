"""Counters that the database keeps from running over: conditional UPDATE and CHECK, never count-then-insert."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class BudgetCycle(models.TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")
    LIFETIME = "lifetime", _("the whole campaign")


class Budget(models.Model):
    Cycle = BudgetCycle

    public_id = PublicIdField(prefix="bud")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="budgets", verbose_name=_("campaign"))
    name = models.CharField(_("name"), max_length=80)
    unit = UnitField(verbose_name=_("currency"))
    amount = AmountField(_("amount for each period"))
    period = models.CharField(_("period"), max_length=10, choices=Cycle, default=Cycle.LIFETIME)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="budget_name_once"),
            choices_check("period", BudgetCycle, name="budget_period_known"),
            amount_check("amount", name="budget_amount_not_negative", low=0),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetPeriod(models.Model):
    """One period's counter. `used` is what is reserved or paid; what is released goes back."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="periods")
    period_key = models.CharField(_("period"), max_length=16)
    cap = AmountField(_("at most"))
    used = AmountField(_("used"), default=0)
    warned_at = models.DateTimeField(_("warned that it runs out"), null=True, blank=True)

    class Meta:
        verbose_name = _("budget period")
        verbose_name_plural = _("budget periods")
        constraints = [
            models.UniqueConstraint(fields=["budget", "period_key"], name="budget_period_once"),
            amount_check("used", name="budget_used_not_negative", low=0),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("cap")), name="budget_not_overdrawn"),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.period_key}"


class LimitUse(models.Model):
    """How much of a limit somebody has used in one window. The key outlives versions of the rule."""

    key = models.CharField(max_length=200, unique=True)
    cap = AmountField()
    used = AmountField(default=0)

    class Meta:
        verbose_name = _("use of a limit")
        verbose_name_plural = _("uses of limits")
        constraints = [
            amount_check("used", name="limit_used_not_negative", low=0),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("cap")), name="limit_not_exceeded"),
        ]

    def __str__(self) -> str:
        return self.key
