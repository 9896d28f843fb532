"""What stands in the books, and each step of a reward, is only added to; an account never changes whose it is."""

from advocates.guards import Guard, append_only, guards_register

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
    guards_register(*append_only("rewards_transfer"), *append_only("rewards_rewardevent"), ACCOUNT_IDENTITY)
