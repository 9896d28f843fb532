from datetime import timedelta

from advocates.jobs import Job
from rewards.services.evaluation import rewards_evaluate
from rewards.services.maturing import rewards_mature

REWARD_JOBS = (
    Job(
        "rewards_evaluate",
        rewards_evaluate,
        timedelta(seconds=30),
        "Facts whose hint was lost. Late costs people seconds of waiting for their code.",
    ),
    Job(
        "rewards_mature",
        rewards_mature,
        timedelta(minutes=5),
        "Waiting times that are over, budgets with new room, coupons that run out. Late costs minutes.",
    ),
)
