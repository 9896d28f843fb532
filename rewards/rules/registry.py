"""Which calculator may serve which benefit, and in which units, so that nonsense cannot be said."""

from collections.abc import Iterable, Mapping

from rewards.rules.calculators import Fixed, Percent, is_currency_code

PERCENT = "percent"

CALCULATORS_BY_BENEFIT: Mapping[str, frozenset[str]] = {
    "cash": frozenset({Fixed.name, Percent.name}),
    "credit": frozenset({Fixed.name, Percent.name}),
    # A coupon of 10 % is a fixed 10 % of whatever is bought with it.
    "coupon": frozenset({Fixed.name}),
}


def may_serve(calculator: str, benefit: str) -> bool:
    return calculator in CALCULATORS_BY_BENEFIT.get(benefit, frozenset())


def units_refused(benefit: str, units: Iterable[str]) -> list[str]:
    """Cash is money; percent is for coupons; account credit may be money or a named unit."""
    if benefit == "cash":
        return [unit for unit in units if not is_currency_code(unit)]
    if benefit == "credit":
        return [unit for unit in units if unit == PERCENT]
    return [unit for unit in units if unit != PERCENT and not is_currency_code(unit)]
