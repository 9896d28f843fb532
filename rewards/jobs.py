from datetime import timedelta

from advocates.jobs import Job
from rewards.services.coupon_warnings import coupons_tend
from rewards.services.evaluation import rewards_evaluate
from rewards.services.expiring import rewards_expire
from rewards.services.gift_orders import gift_addresses_blank, gifts_resume
from rewards.services.maturing import rewards_mature
from rewards.services.pacing import budgets_watch
from rewards.services.periods import periods_tend
from rewards.services.tier_moves import tiers_lower
from rewards.services.write_offs import debts_write_off

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
        gifts_resume,
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
    Job(
        "periods_tend",
        periods_tend,
        timedelta(hours=6),
        "Upgrades and free months that end soon. Late tells their people later.",
    ),
    Job(
        "tiers_lower",
        tiers_lower,
        timedelta(days=1),
        "Advocates who have brought nobody for long, where the campaign moves them down. Late costs a day.",
    ),
    Job(
        "debts_write_off",
        debts_write_off,
        timedelta(days=1),
        "Debts that have stood for too long, where the company says so. Late keeps them in the books for longer.",
    ),
    Job(
        "coupons_tend",
        coupons_tend,
        timedelta(minutes=15),
        "Warnings before codes run out, and codes for those who wait. Uploads look at once; late costs minutes.",
    ),
)
