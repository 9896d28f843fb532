from rewards.models.budget import Budget, BudgetPeriod, LimitUse
from rewards.models.coupon import Coupon
from rewards.models.evaluation import Evaluation
from rewards.models.ledger import Account, Transfer
from rewards.models.payout import Payout, PayoutLine, PayoutMethod, PayoutRun
from rewards.models.reward import Reward, RewardEvent
from rewards.models.rule import Condition, Limit, RewardRule, RuleAmount

__all__ = [
    "Account",
    "Budget",
    "BudgetPeriod",
    "Condition",
    "Coupon",
    "Evaluation",
    "Limit",
    "LimitUse",
    "Payout",
    "PayoutLine",
    "PayoutMethod",
    "PayoutRun",
    "Reward",
    "RewardEvent",
    "RewardRule",
    "RuleAmount",
    "Transfer",
]
