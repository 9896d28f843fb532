from rewards.models.budget import Budget, BudgetPeriod, LimitUse
from rewards.models.by_hand import ByHand, MoneyPolicy
from rewards.models.catalogue import CatalogueItem, GiftCode, GiftOrder
from rewards.models.charity import Charity, Donation, Fundraiser
from rewards.models.contest import Contest, ContestEntry, ContestName, ContestWinner
from rewards.models.coupon import Coupon, CouponPool, PoolCode
from rewards.models.demand import DemandRate
from rewards.models.evaluation import Evaluation
from rewards.models.ledger import Account, Transfer
from rewards.models.payout import Payout, PayoutLine, PayoutMethod, PayoutRun
from rewards.models.quote import Quote
from rewards.models.reward import Reward, RewardEvent
from rewards.models.rule import Condition, Limit, RewardRule, RuleAmount
from rewards.models.rulebook import RuleBook
from rewards.models.tier import Tier, TierMove, TierPolicy

__all__ = [
    "Account",
    "Budget",
    "BudgetPeriod",
    "ByHand",
    "CatalogueItem",
    "Charity",
    "Condition",
    "Contest",
    "ContestEntry",
    "ContestName",
    "ContestWinner",
    "Coupon",
    "CouponPool",
    "DemandRate",
    "Donation",
    "Evaluation",
    "Fundraiser",
    "GiftCode",
    "GiftOrder",
    "Limit",
    "LimitUse",
    "MoneyPolicy",
    "Payout",
    "PayoutLine",
    "PayoutMethod",
    "PayoutRun",
    "PoolCode",
    "Quote",
    "Reward",
    "RewardEvent",
    "RewardRule",
    "RuleAmount",
    "RuleBook",
    "Tier",
    "TierMove",
    "TierPolicy",
    "Transfer",
]
