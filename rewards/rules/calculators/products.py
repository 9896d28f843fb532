"""By what was bought. Lines of one product count together, so the order of lines makes no difference."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.calculators.calculator import Calculator, Offer, Reckoning, mismatch
from rewards.rules.facts import Facts, Item, Value
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

Table = Mapping[str, Mapping[str, int]]
MAX_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class PerUnit(Calculator):
    """An amount for each piece: by product, or the rule's own for whatever was bought.

    At most `max_units` pieces of an event count, the dearest first.
    """

    name: ClassVar[str] = "per_unit"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("products", "amounts_by_name", is_required=False),
        Parameter("max_units", "whole", is_required=False, high=MAX_UNITS),
    )
    needs: ClassVar[tuple[str, ...]] = ("items",)
    products: Table | None = None
    max_units: int | None = None

    @property
    def uses_amounts(self) -> bool:
        return self.products is None

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        table = {"": offer.amounts} if self.products is None else self.products
        pieces = _pieces(facts.items, known=self.products)
        if not pieces:
            return Reckoning(None, (Verdict("no_product", False, {"products": sorted(filter(None, table))}),))
        unit = offer.unit(_common_units(table, pieces), facts)
        if not unit:
            return mismatch(_all_units(table))
        dearest_first = sorted(pieces, key=lambda product: (-table[product][unit], product))
        steps, total = self._cut(pieces), 0
        left = pieces.total() if self.max_units is None else self.max_units
        for product in dearest_first:
            units, each = min(pieces[product], left), table[product][unit]
            left, total = left - units, total + units * each
            if units:
                steps.append(_units_step(product, units, each, unit))
        return Reckoning(Value(total, unit), tuple(steps))

    def _cut(self, pieces: Counter[str]) -> list[Verdict]:
        found = pieces.total()
        if self.max_units is None or found <= self.max_units:
            return []
        return [Verdict("units_cut", True, {"found": found, "units": self.max_units})]


@dataclass(frozen=True, slots=True)
class ByProduct(Calculator):
    """An amount for each of these products that is in the event, however many pieces of it."""

    name: ClassVar[str] = "by_product"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("products", "amounts_by_name"),)
    needs: ClassVar[tuple[str, ...]] = ("items",)
    products: Table

    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        there = sorted(_pieces(facts.items, known=self.products))
        if not there:
            return Reckoning(None, (Verdict("no_product", False, {"products": sorted(self.products)}),))
        unit = offer.unit(_common_units(self.products, there), facts)
        if not unit:
            return mismatch(_all_units(self.products))
        amounts = {product: self.products[product][unit] for product in there}
        steps = tuple(
            Verdict("product_amount", True, {"product": product, "amount": amount, "unit": unit})
            for product, amount in amounts.items()
        )
        return Reckoning(Value(sum(amounts.values()), unit), steps)


def _pieces(items: Iterable[Item], *, known: Table | None) -> Counter[str]:
    """How many of each known product; with none to know, all pieces together under ""."""
    pieces: Counter[str] = Counter()
    for item in items:
        if item.quantity > 0 and (known is None or item.product in known):
            pieces["" if known is None else item.product] += item.quantity
    return pieces


def _common_units(table: Table, products: Iterable[str]) -> list[str]:
    """The units in which each of these products has an amount: one event is reckoned in one unit."""
    first, *others = products
    return [unit for unit in table[first] if all(unit in table[product] for product in others)]


def _all_units(table: Table) -> set[str]:
    return {unit for amounts in table.values() for unit in amounts}


def _units_step(product: str, units: int, each: int, unit: str) -> Verdict:
    values = {"units": units, "each": each, "amount": units * each, "unit": unit}
    if not product:
        return Verdict("units_times", True, values)
    return Verdict("product_units", True, {"product": product} | values)
