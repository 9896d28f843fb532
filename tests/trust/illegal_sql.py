"""Raw writes that would make money wrong, past every service: the database itself refuses each one."""

from django.db import IntegrityError, connection, transaction

from advocates.models import AuditEntry, User
from config.lib import clock
from rewards.models import Account, LimitUse, Transfer
from rewards.services.payouts import payout_run_approve, payout_run_export, payout_run_prepare
from tests.cast import LENA, contact_of
from tests.factories.payouts import account_given, approved_cash
from tests.factories.rewards import budget_of
from tests.trust.stage import company_made
from tests.trust.trial import Figures, Size, expect

# Each names the rule that it breaks. {…} are ids of rows that stand.
ILLEGAL = {
    "a transfer is changed": "UPDATE rewards_transfer SET amount = amount + 1 WHERE id = {transfer}",
    "a transfer is deleted": "DELETE FROM rewards_transfer WHERE id = {transfer}",
    "a transfer of nothing": "{transfer_into} ('x', {giver}, {taker}, 'EUR', 0, 'r', 'm', '{now}')",
    "a transfer backwards": "{transfer_into} ('x', {giver}, {taker}, 'EUR', -5, 'r', 'm', '{now}')",
    "a transfer of another unit than its accounts": (
        "{transfer_into} ('x', {giver}, {taker}, 'USD', 5, 'r', 'm', '{now}')"
    ),
    "a transfer to itself": "{transfer_into} ('x', {giver}, {giver}, 'EUR', 5, 'r', 'm', '{now}')",
    "a transfer to nobody": "{transfer_into} ('x', {giver}, 999999, 'EUR', 5, 'r', 'm', '{now}')",
    "a key that was posted": "{transfer_into} ('{key}', {giver}, {taker}, 'EUR', 5, 'r', 'm', '{now}')",
    "negative cash": "UPDATE rewards_account SET balance = -1 WHERE id = {taker}",
    "an account of another unit": "UPDATE rewards_account SET unit = 'USD' WHERE id = {taker}",
    "an account of somebody else": "UPDATE rewards_account SET party_key = 'con_other' WHERE id = {taker}",
    "a second account of the same": (
        "INSERT INTO rewards_account (kind, party_key, unit, balance) "
        "SELECT kind, party_key, unit, 0 FROM rewards_account WHERE id = {taker}"
    ),
    "a budget overdrawn": "UPDATE rewards_budgetperiod SET used = cap + 1 WHERE id = {period}",
    "a limit overrun": "UPDATE rewards_limituse SET used = cap + 1 WHERE id = {limit}",
    "a reward in two payments": (
        "INSERT INTO rewards_payoutline (payout_id, reward_id, live_key, amount) "
        "SELECT payout_id, reward_id, live_key, amount FROM rewards_payoutline WHERE id = {line}"
    ),
    "a standing line under another key": "UPDATE rewards_payoutline SET live_key = 'other' WHERE id = {line}",
    "a run approved by who prepared it": (
        "UPDATE rewards_payoutrun SET approved_by_id = prepared_by_id WHERE id = {run}"
    ),
    "a run that leaves unapproved": (
        "UPDATE rewards_payoutrun SET approved_by_id = NULL, approved_at = NULL WHERE id = {run}"
    ),
    "a reward of nothing": "UPDATE rewards_reward SET amount = 0 WHERE id = {reward}",
    "more taken back than was given": "UPDATE rewards_reward SET taken_back = amount + 1 WHERE id = {reward}",
    "a state that there is not": "UPDATE rewards_reward SET status = 'paid' WHERE id = {reward}",
    "a step of a reward is changed": "UPDATE rewards_rewardevent SET status_to = 'pending' WHERE id = {step}",
    "an audit entry is deleted": "DELETE FROM advocates_auditentry WHERE id = {entry}",
}
# The control: writes of the same tables that are in order, so that a refusal says something.
LEGAL = (
    "{transfer_into} ('x', {giver}, {taker}, 'EUR', 5, 'r', 'm', '{now}')",
    "UPDATE rewards_account SET balance = balance + 1 WHERE id = {taker}",
    "UPDATE rewards_budgetperiod SET used = cap WHERE id = {period}",
    "UPDATE rewards_limituse SET used = cap WHERE id = {limit}",
    "UPDATE rewards_payoutline SET live_key = 'line:1', released_at = '{now}' WHERE id = {line}",
    "UPDATE rewards_payoutrun SET four_eyes = 'never' WHERE id = {run}",
    "UPDATE rewards_reward SET taken_back = amount WHERE id = {reward}",
)
TRANSFER_INTO = (
    "INSERT INTO rewards_transfer (key, debit_id, credit_id, unit, amount, reference, memo, occurred_at) VALUES"
)


def illegal_sql(seed: int, size: Size) -> Figures:
    """Each illegal write is refused for a constraint, each legal one goes through."""
    rows = _rows()
    accepted = [name for name, statement in ILLEGAL.items() if not _is_refused(statement.format_map(rows))]
    expect(not accepted, f"{connection.vendor} took: {', '.join(accepted)}")
    refused = [statement for statement in LEGAL if _is_refused(statement.format_map(rows))]
    expect(not refused, f"the control was refused: {refused}")
    return {"illegal writes": len(ILLEGAL), "refused": len(ILLEGAL), "legal ones taken": len(LEGAL)}


def _is_refused(statement: str) -> bool:
    """By a constraint: any other error is one of the trial's and is raised. Whatever was written is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            # Foreign keys are looked at when the transaction ends; it never does.
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def _rows() -> dict[str, object]:
    """One row of each kind, written by the services."""
    now = clock.now()
    company_made()
    tom, ada = (User.objects.create_user(f"{name}@fernway.example", "a sentence") for name in ("tom", "ada"))
    lena = contact_of(LENA)
    account_given(lena, now=now)
    reward = approved_cash(lena, 2_500, now=now)
    run = payout_run_prepare(unit="EUR", actor=tom, now=now)
    payout_run_approve(run=run, actor=ada, now=now)
    payout_run_export(run=run, actor=ada, now=now)
    transfer = Transfer.objects.get(debit__kind=Account.Kind.OWED)
    return {
        "now": now.isoformat(sep=" "),
        "transfer_into": TRANSFER_INTO,
        "transfer": transfer.pk,
        "key": transfer.key,
        "giver": transfer.debit_id,
        "taker": transfer.credit_id,
        "period": budget_of(reward.campaign, 100).periods.create(period_key="all", cap=100).pk,
        "limit": LimitUse.objects.create(key="trial", cap=100).pk,
        "line": reward.payout_lines.get().pk,
        "run": run.pk,
        "reward": reward.pk,
        "step": reward.events.get().pk,
        "entry": AuditEntry.objects.filter(verb="payout_run_approve").get().pk,
    }
