"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from functools import partial

from advocates.people import nothing_moved_back, rows_moved, rows_moved_back, rows_stay
from rewards.models import Coupon

coupon_merge = partial(rows_moved, Coupon, "contact")
coupon_unmerge = partial(rows_moved_back, Coupon, "contact")

reward_merge = rows_stay
reward_unmerge = nothing_moved_back
limituse_merge = rows_stay
limituse_unmerge = nothing_moved_back
payoutmethod_merge = rows_stay
payoutmethod_unmerge = nothing_moved_back
payout_merge = rows_stay
payout_unmerge = nothing_moved_back
account_merge = rows_stay
account_unmerge = nothing_moved_back
