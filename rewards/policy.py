from rewards.models import MoneyPolicy


def money_policy() -> MoneyPolicy:
    """How the company deals with money; the defaults where nobody has said anything."""
    return MoneyPolicy.objects.first() or MoneyPolicy()


def least_payout(unit: str) -> int:
    """Below this nobody is paid in that currency, in minor units; 0 where any amount is paid."""
    return int(money_policy().minimums.get(unit, 0))
