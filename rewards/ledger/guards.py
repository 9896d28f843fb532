"""What stands in the books, and each step of a reward, is only added to; an account never changes whose it is.

Only words may be blanked, when the person is erased: why a step was taken, on what a shop says credit was spent.
"""

from advocates.guards import Guard, append_only_but, guards_register
from rewards.models import RewardEvent, Transfer

ACCOUNT_IDENTITY = Guard(
    name="rewards_account_keeps_identity",
    table="rewards_account",
    postgresql=(
        "CREATE TRIGGER rewards_account_keeps_identity BEFORE UPDATE OF kind, party_key, unit ON rewards_account "
        "FOR EACH ROW EXECUTE FUNCTION innercircle_append_only()"
    ),
    sqlite=(
        "CREATE TRIGGER rewards_account_keeps_identity BEFORE UPDATE OF kind, party_key, unit ON rewards_account "
        "BEGIN SELECT RAISE(ABORT, 'an account keeps its identity'); END"
    ),
)


def ledger_guards_register() -> None:
    steps = append_only_but(RewardEvent, blankable="reason")
    transfers = append_only_but(Transfer, blankable="memo")
    guards_register(*transfers, *steps, ACCOUNT_IDENTITY)
