"""The lowest point of a function of a few numbers, without its slope."""

from collections.abc import Callable

Point = tuple[float, ...]


def minimise(
    loss: Callable[[Point], float],
    start: Point,
    *,
    step: float = 0.5,
    precision: float = 1e-9,
    most_rounds: int = 2_000,
) -> Point:
    """Nelder, Mead (1965): A Simplex Method for Function Minimization, The Computer Journal 7 (4), 308–313.

    Ends when the corners' losses differ by less than `precision`. Raises ArithmeticError after `most_rounds`.
    """
    corners = [start, *(_moved(start, place, step) for place in range(len(start)))]
    ranked = sorted((loss(corner), corner) for corner in corners)
    for _round in range(most_rounds):
        best, worst = ranked[0], ranked[-1]
        if worst[0] - best[0] <= precision:
            return best[1]
        ranked = sorted(_round_of(loss, ranked))
    raise ArithmeticError("No lowest point was found.")


def _round_of(loss: Callable[[Point], float], ranked: list[tuple[float, Point]]) -> list[tuple[float, Point]]:
    """Mirror the worst corner through the middle of the others; stretch, pull in or shrink by how well that does."""
    *others, worst = ranked
    middle = tuple(sum(values) / len(others) for values in zip(*(corner for _loss, corner in others), strict=True))

    def at(factor: float) -> tuple[float, Point]:
        point = tuple(m + factor * (m - w) for m, w in zip(middle, worst[1], strict=True))
        return loss(point), point

    mirrored = at(1.0)
    if mirrored < others[0]:
        return [*others, min(mirrored, at(2.0))]
    if mirrored < others[-1]:
        return [*others, mirrored]
    pulled = at(0.5) if mirrored < worst else at(-0.5)
    if pulled < min(mirrored, worst):
        return [*others, pulled]
    best = ranked[0][1]
    shrunk = [tuple((b + c) / 2 for b, c in zip(best, corner, strict=True)) for _loss, corner in ranked[1:]]
    return [ranked[0], *((loss(corner), corner) for corner in shrunk)]


def _moved(point: Point, place: int, step: float) -> Point:
    return tuple(value + step * (number == place) for number, value in enumerate(point))
