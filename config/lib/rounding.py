"""The one rounding of the house. Imports nothing, so that the pure rules may use it too."""

BASIS_POINTS = 10_000


def round_half_away(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest whole number, halves away from zero (DIN 1333).

    Raises ZeroDivisionError for a denominator of 0.
    """
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    quotient, rest = divmod(abs(numerator), abs(denominator))
    return sign * (quotient + (1 if 2 * rest >= abs(denominator) else 0))
