"""The trials by the names under which they stand in the catalogue."""

from collections.abc import Callable

from tests.trust.budget import budget
from tests.trust.illegal_sql import illegal_sql
from tests.trust.ledger import ledger
from tests.trust.mail_kill import mail_kill
from tests.trust.no_eta import no_eta
from tests.trust.prefetch import prefetch
from tests.trust.races import races
from tests.trust.redis_hang import redis_hang
from tests.trust.trial import Figures, Size

TRIALS: dict[str, Callable[[int, Size], Figures]] = {
    "illegal-sql": illegal_sql,
    "no-eta": no_eta,
    "prefetch": prefetch,
    "budget": budget,
    "races": races,
    "mail-kill": mail_kill,
    "redis-hang": redis_hang,
    "ledger": ledger,
}
