from datetime import timedelta

from advocates.jobs import Job
from referrals.services.referrals import referrals_expire

REFERRAL_JOBS = (
    Job(
        name="referrals_expire",
        run=referrals_expire,
        every=timedelta(hours=1),
        comment="Windows are counted in days; an hour late hurts nobody, and 500 a round keep it short.",
    ),
)
