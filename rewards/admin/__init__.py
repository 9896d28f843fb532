from rewards.admin import budgets, coupons, demand, ledger, payouts, rewards, rules, simulate_way, tiers

__all__ = ["budgets", "coupons", "demand", "ledger", "payouts", "rewards", "rules", "simulate_way", "tiers"]
