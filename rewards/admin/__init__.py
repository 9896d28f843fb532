from rewards.admin import budgets, coupons, ledger, payouts, rewards, rules

__all__ = ["budgets", "coupons", "ledger", "payouts", "rewards", "rules"]
