from datetime import timedelta

from advocates.jobs import Job
from referrals.services.claims import claims_remind
from referrals.services.events import early_refunds_settle
from referrals.services.referrals import referrals_expire

REFERRAL_JOBS = (
    Job(
        name="referrals_expire",
        run=referrals_expire,
        every=timedelta(hours=1),
        comment="Windows are counted in days; an hour late hurts nobody, and 500 a round keep it short.",
    ),
    Job(
        name="early_refunds_settle",
        run=early_refunds_settle,
        every=timedelta(minutes=1),
        comment="A refund told at the very moment of its sale waits for this round; all others are applied at once.",
    ),
    Job(
        name="claims_remind",
        run=claims_remind,
        every=timedelta(hours=1),
        comment="Claims are due at the end of a working day; the team hears of a late one within the hour, once.",
    ),
)
