from rewards.admin import (
    budgets,
    catalogue,
    coupons,
    demand,
    gift_orders,
    ledger,
    payouts,
    rewards,
    rules,
    simulate_way,
    tiers,
)

__all__ = [
    "budgets",
    "catalogue",
    "coupons",
    "demand",
    "gift_orders",
    "ledger",
    "payouts",
    "rewards",
    "rules",
    "simulate_way",
    "tiers",
]
