from rewards.rules.benefits.benefit import ANYBODY, CURRENCY, NAMED, PERCENT, Benefit
from rewards.rules.parameters import Parameter

CASH = Benefit("cash", (CURRENCY,), recipients=ANYBODY, is_divisible=True)

# Money, or whatever else an account holds: MB, points.
CREDIT = Benefit("credit", (CURRENCY, NAMED), recipients=ANYBODY, is_divisible=True, expires=False)

DONATION = Benefit(
    "donation",
    (CURRENCY,),
    (Parameter("charity", "charity"),),
    recipients=ANYBODY,
    is_divisible=True,
)

# Without a pool its code is made here. Percent of whatever is bought with it, or an amount off.
COUPON = Benefit(
    "coupon",
    (PERCENT, CURRENCY),
    (Parameter("pool", "coupon_pool", is_required=False),),
    recipients=ANYBODY,
)
