from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once
from rewards.errors import BadBudget
from rewards.models import Budget, BudgetPeriod
from rewards.rules.limits import period_key

AUDITED = ("name", "unit", "amount", "period")


def budget_reserve(*, budget: Budget, amount: int, day: date) -> BudgetPeriod | None:
    """Set `amount` aside in the period of that day; None when there is no room for all of it.

    `day` is in the campaign's zone. The last lock that an evaluation takes: every one of the campaign comes by here.
    """
    period, _new = insert_once(
        BudgetPeriod,
        unique=["budget", "period_key"],
        budget=budget,
        period_key=period_key(budget.period, day),
        cap=budget.amount,
        used=0,
    )
    # The budget's amount as it is now, should staff have changed it since the period began.
    room = BudgetPeriod.objects.filter(pk=period.pk, used__lte=budget.amount - amount)
    return period if room.update(used=F("used") + amount, cap=budget.amount) else None


def budget_release(*, period: BudgetPeriod, amount: int) -> None:
    BudgetPeriod.objects.filter(pk=period.pk, used__gte=amount).update(used=F("used") - amount)


def budget_save(*, budget: Budget, actor: User | None) -> Budget:
    """Write a new or changed budget. Raises BadBudget when its currency or period would change under a rule."""
    with transaction.atomic():
        old = Budget.objects.filter(pk=budget.pk).first()
        is_used = old is not None and BudgetPeriod.objects.filter(budget=old).exists()
        if old and is_used and (old.unit, old.period) != (budget.unit, budget.period):
            raise BadBudget(_("This budget is in use: its amount may change, its currency and period may not."))
        budget.save()
        audit(
            verb="budget_save",
            row=budget,
            actor=actor,
            before={name: getattr(old, name) for name in AUDITED} if old else {},
            after={name: getattr(budget, name) for name in AUDITED},
        )
    return budget
