from rewards.models.budget import Budget, BudgetPeriod, LimitUse
from rewards.models.coupon import Coupon
from rewards.models.demand import DemandRate
from rewards.models.evaluation import Evaluation
from rewards.models.ledger import Account, Transfer
from rewards.models.payout import Payout, PayoutLine, PayoutMethod, PayoutRun
from rewards.models.quote import Quote
from rewards.models.reward import Reward, RewardEvent
from rewards.models.rule import Condition, Limit, RewardRule, RuleAmount
from rewards.models.rulebook import RuleBook
from rewards.models.tier import Tier

__all__ = [
    "Account",
    "Budget",
    "BudgetPeriod",
    "Condition",
    "Coupon",
    "DemandRate",
    "Evaluation",
    "Limit",
    "LimitUse",
    "Payout",
    "PayoutLine",
    "PayoutMethod",
    "PayoutRun",
    "Quote",
    "Reward",
    "RewardEvent",
    "RewardRule",
    "RuleAmount",
    "RuleBook",
    "Tier",
    "Transfer",
]
