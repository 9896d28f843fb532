"""The refusals of this app: one class for one rule, each with a stable code and a sentence fit for staff."""

from config.lib.errors import DomainError


class BadIban(DomainError):
    code = "bad_iban"


class NothingToPay(DomainError):
    code = "nothing_to_pay"
    status = 409


class FourEyes(DomainError):
    """Who prepared a run may not be the one who approves it."""

    code = "four_eyes"
    status = 409


class OwnPayout(DomainError):
    """Nobody approves a run that pays themselves."""

    code = "own_payout"
    status = 409


class RunOutdated(DomainError):
    """A reward of the run is no longer what it was when the run was prepared."""

    code = "run_outdated"
    status = 409


class NoSepaFile(DomainError):
    """The banks of the SEPA area would not take this run as it is."""

    code = "no_sepa_file"
    status = 409


class Overdrawn(DomainError):
    """An account would fall below zero that may not."""

    code = "overdrawn"
    status = 409


class NothingToApprove(DomainError):
    code = "nothing_to_approve"
    status = 409


class OwnReward(DomainError):
    """Nobody approves what they get themselves."""

    code = "own_reward"
    status = 409


class BadRule(DomainError):
    """A rule that cannot be carried out; `reasons` is a list of sentences."""

    code = "bad_rule"


class BadBudget(DomainError):
    code = "bad_budget"


class BadTier(DomainError):
    code = "bad_tier"


class BadDemand(DomainError):
    """A table of demand that cannot hold; `field` is the line and its part."""

    code = "bad_demand"


class CouponUsed(DomainError):
    code = "used"
    status = 409


class CouponExpired(DomainError):
    code = "expired"
    status = 409


class CouponNotValid(DomainError):
    code = "not_valid"
    status = 409


class CouponMinimumNotReached(DomainError):
    code = "minimum_not_reached"
    status = 409


class CouponProductMissing(DomainError):
    """It is for some products only, and none of them is in the order."""

    code = "product_missing"
    status = 409


class CouponNotFirstOrder(DomainError):
    code = "not_first_order"
    status = 409


class CouponCurrency(DomainError):
    """Its amount, or its least order, is stated in another currency than the order's."""

    code = "currency_mismatch"
    status = 409


class CouponAmountMissing(DomainError):
    code = "amount_missing"


class NoDiscount(DomainError):
    """Neither a coupon nor a link of this person brings anything off."""

    code = "no_discount"
    status = 409


class BadPool(DomainError):
    """A pool of codes that cannot be; `field` says where."""

    code = "bad_pool"


class BadRuleFile(DomainError):
    """`reasons`: a sentence for each thing that is wrong, with the rule or line, the key and what is allowed."""

    code = "bad_rule_file"


class BadHistory(DomainError):
    """Events that cannot be played; `reasons` as above, with the line."""

    code = "bad_history"


class NotSent(DomainError):
    code = "not_sent"
    status = 409


class BadContest(DomainError):
    """A contest that cannot be held like this; `reasons` is a list of sentences."""

    code = "bad_contest"


class ContestClosed(DomainError):
    """Nobody can enter it, or draw it, any more (or yet)."""

    code = "contest_closed"
    status = 409


class TooEarly(DomainError):
    code = "too_early"
    status = 409


class AlreadyEntered(DomainError):
    code = "already_entered"
    status = 409


class NotEnoughDonated(DomainError):
    """More would be noted as sent to a good cause than was donated through it."""

    code = "not_enough_donated"
    status = 409


class BadItem(DomainError):
    """Something in the catalogue that could not be picked, paid or sent like this."""

    code = "bad_item"


class NotOffered(DomainError):
    """This item is not among what may be picked for this reward, or by this person."""

    code = "not_offered"
    status = 409


class OutOfStock(DomainError):
    code = "out_of_stock"
    status = 409


class AlreadyPicked(DomainError):
    code = "already_picked"
    status = 409


class NothingToPick(DomainError):
    """The reward is nothing to be picked, or still waits for something else."""

    code = "nothing_to_pick"
    status = 409


class AddressMissing(DomainError):
    code = "address_missing"


class BadCodes(DomainError):
    code = "bad_codes"


class InsufficientCredit(DomainError):
    """More would be spent than stands on the account."""

    code = "insufficient_credit"
    status = 409


class AlreadyChosen(DomainError):
    code = "already_chosen"
    status = 409


class NothingToChoose(DomainError):
    code = "nothing_to_choose"
    status = 409


class UnknownOption(DomainError):
    code = "unknown_option"


class BadByHand(DomainError):
    """Something that cannot be given or corrected like that; `reasons`: a sentence for each thing that is wrong."""

    code = "bad_by_hand"


class TooMuch(DomainError):
    """More is to be taken away, or written off, than there is."""

    code = "too_much"
    status = 409
