from datetime import date

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from advocates.models import User
from advocates.services.audit import audit
from config.lib.insert_once import insert_once, inserted
from rewards.errors import BadBudget
from rewards.models import Budget, BudgetPeriod, Reward
from rewards.rules.limits import period_key
from rewards.services.rulebook import rulebook_turn

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


def budget_take(*, budget_id: int, cycle: str, amount: int, day: date) -> BudgetPeriod | None:
    """The same for a reward that comes now, in one statement; None, too, when others have waited longer for the budget.

    `cycle`: the budget's period, which does not change while rules draw on it.
    """
    waiting = Reward.objects.waiting_for_budget().filter(rule__budget=budget_id).order_by().values("pk")
    waiting_sql, waiting_params = waiting.query.sql_with_params()
    sql = (
        "INSERT INTO rewards_budgetperiod (budget_id, period_key, cap, used) "  # noqa: S608 - the ORM's own words
        "SELECT b.id, %s, b.amount, %s FROM rewards_budget b "
        f"WHERE b.id = %s AND b.amount >= %s AND NOT EXISTS ({waiting_sql}) "
        "ON CONFLICT (budget_id, period_key) DO UPDATE "
        "SET used = rewards_budgetperiod.used + excluded.used, cap = excluded.cap "
        "WHERE rewards_budgetperiod.used + excluded.used <= excluded.cap RETURNING id"
    )
    period = BudgetPeriod(budget_id=budget_id, period_key=period_key(cycle, day))
    with connection.cursor() as cursor:
        cursor.execute(sql, [period.period_key, amount, budget_id, amount, *waiting_params])
        found = cursor.fetchone()
    if found is None:
        return None
    inserted(period, found[0], alias=connection.alias)
    return period


def budget_release(*, period: BudgetPeriod, amount: int) -> None:
    BudgetPeriod.objects.filter(pk=period.pk, used__gte=amount).update(used=F("used") - amount)


def budget_save(*, budget: Budget, actor: User | None) -> Budget:
    """Write a new or changed budget. Raises BadBudget when its currency or period would change under a rule.

    A higher amount is a new matter: who was told that it runs out is told again, should it come to that.
    """
    with transaction.atomic():
        old = Budget.objects.filter(pk=budget.pk).first()
        is_used = old is not None and BudgetPeriod.objects.filter(budget=old).exists()
        if old and is_used and (old.unit, old.period) != (budget.unit, budget.period):
            raise BadBudget(_("This budget is in use: its amount may change, its currency and period may not."))
        budget.save()
        if old and budget.amount > old.amount:
            BudgetPeriod.objects.filter(budget=budget).update(warned_at=None)
        audit(
            verb="budget_save",
            row=budget,
            actor=actor,
            before={name: getattr(old, name) for name in AUDITED} if old else {},
            after={name: getattr(budget, name) for name in AUDITED},
        )
        rulebook_turn(campaign=budget.campaign)
    return budget
