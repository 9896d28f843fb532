from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from rewards.rules.facts import Facts, Party, Value
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict


class Offer(NamedTuple):
    """What a rule has to give: amounts by currency or unit; `only_unit` when its budget pays in one currency."""

    amounts: Mapping[str, int]
    party: Party
    only_unit: str = ""

    def can_pay_in(self, unit: str) -> bool:
        return not self.only_unit or unit == self.only_unit

    def unit(self, stated: Iterable[str], facts: Facts) -> str:
        """Of the stated units the sale's, else the recipient's, else the company's, else the first that is no currency.

        Empty when none of them counts here: nothing is converted.
        """
        units = [unit for unit in stated if self.can_pay_in(unit)]
        for wanted in (facts.value.unit if facts.value else "", self.party.currency, facts.company_currency):
            if wanted in units:
                return wanted
        # Percent, points and the like belong to no country: they need no currency to agree with.
        return next((unit for unit in units if not is_currency_code(unit)), "")

    def choose(self, amounts: Mapping[str, int], facts: Facts) -> Value | None:
        """The one of these amounts that counts here."""
        unit = self.unit(amounts, facts)
        return Value(amounts[unit], unit) if unit else None


class Reckoning(NamedTuple):
    """`value` None: nothing is due, and the last step says why. `slot`: for what it is paid once, "" leaves it open."""

    value: Value | None
    steps: tuple[Verdict, ...] = ()
    slot: str = ""


class Calculator(ABC):
    """One way to reckon an amount. `needs`: what a trigger must know for it (rewards/rules/registry.py)."""

    __slots__ = ()

    name: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    # It knows by itself what it pays once for.
    has_slot: ClassVar[bool] = False

    @property
    def uses_amounts(self) -> bool:
        """Does it reckon with the amounts of the rule, and not only with its own settings?"""
        return False

    @abstractmethod
    def calculate(self, offer: Offer, facts: Facts) -> Reckoning:
        """What is due, and each step on the way there."""


def mismatch(stated: Iterable[str]) -> Reckoning:
    """No stated amount is in a currency that counts here: a person has to decide."""
    return Reckoning(None, (Verdict("currency_mismatch", False, {"units": sorted(stated)}),))


def is_currency_code(unit: str) -> bool:
    """ISO 4217 codes are three capitals, and no named unit is."""
    return len(unit) == 3 and unit.isalpha() and unit.isupper()
