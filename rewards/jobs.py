from datetime import timedelta

from advocates.jobs import Job
from rewards.services.evaluation import rewards_evaluate
from rewards.services.gift_orders import gift_addresses_blank, gift_rewards_resume
from rewards.services.expiring import rewards_expire
from rewards.services.maturing import rewards_mature
from rewards.services.pacing import budgets_watch

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
    Job(
        "gifts_resume",
        gift_rewards_resume,
        timedelta(minutes=15),
        "Gifts that waited for stock. New stock and new codes look at once; late costs minutes.",
    ),
    Job(
        "gift_addresses_blank",
        gift_addresses_blank,
        timedelta(days=1),
        "Addresses of parcels that have arrived go. Late keeps them a day longer.",
    ),
    Job(
        "budgets_watch",
        budgets_watch,
        timedelta(hours=6),
        "Budgets that run out before their period is over. Late tells the campaign's colleague later.",
    ),
    Job(
        "rewards_expire",
        rewards_expire,
        timedelta(hours=1),
        "Rewards that nobody takes: warned of, then gone. Late gives people more time.",
    ),
)
