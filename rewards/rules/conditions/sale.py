from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rewards.rules.conditions.condition import Condition
from rewards.rules.facts import Facts
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict

MAX_QUANTITY = 1_000_000


@dataclass(frozen=True, slots=True)
class MinimumAmount(Condition):
    """The sale is worth at least so much, inclusive. `amounts`: minor units by currency."""

    kind: ClassVar[str] = "minimum_amount"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("amounts", "amounts"),)
    needs: ClassVar[tuple[str, ...]] = ("sale",)
    amounts: Mapping[str, int]

    def check(self, facts: Facts) -> Verdict:
        if facts.value is None:
            return Verdict("no_amount", False)
        minimum = self.amounts.get(facts.value.unit)
        if minimum is None:
            return Verdict("currency_mismatch", False, {"unit": facts.value.unit})
        values = {"amount": facts.value.amount, "minimum": minimum, "unit": facts.value.unit}
        return Verdict(self.kind, facts.value.amount >= minimum, values)


@dataclass(frozen=True, slots=True)
class Product(Condition):
    """At least one of these products is in the event."""

    kind: ClassVar[str] = "product"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("products", "names"),)
    needs: ClassVar[tuple[str, ...]] = ("items",)
    products: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        there = {item.product for item in facts.items if item.quantity > 0}
        found = [product for product in self.products if product in there]
        return Verdict(self.kind, bool(found), {"found": found, "products": list(self.products)})


@dataclass(frozen=True, slots=True)
class MinimumQuantity(Condition):
    """At least so many pieces in all, of these products or, without any, of whatever was bought."""

    kind: ClassVar[str] = "minimum_quantity"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("quantity", "whole", high=MAX_QUANTITY),
        Parameter("products", "names", is_required=False),
    )
    needs: ClassVar[tuple[str, ...]] = ("items",)
    quantity: int
    products: tuple[str, ...] = ()

    def check(self, facts: Facts) -> Verdict:
        found = sum(item.quantity for item in facts.items if not self.products or item.product in self.products)
        values = {"found": found, "quantity": self.quantity, "products": list(self.products)}
        return Verdict(self.kind, found >= self.quantity, values)


@dataclass(frozen=True, slots=True)
class Region(Condition):
    """In one of these regions, as they are spelt in events."""

    kind: ClassVar[str] = "region"
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("regions", "names"),)
    needs: ClassVar[tuple[str, ...]] = ("region",)
    regions: tuple[str, ...]

    def check(self, facts: Facts) -> Verdict:
        values = {"region": facts.region, "regions": list(self.regions)}
        return Verdict(self.kind, facts.region in self.regions, values)
