from abc import ABC, abstractmethod
from typing import ClassVar

from rewards.rules.facts import Facts
from rewards.rules.parameters import Parameter
from rewards.rules.verdict import Verdict


class Condition(ABC):
    """One question about an event. A verdict with the condition's own `kind` as its code answers it.

    Any other code says why it could not be asked.
    `needs`: what a trigger must know for the question to make sense (rewards/rules/registry.py).
    """

    __slots__ = ()

    kind: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def check(self, facts: Facts) -> Verdict:
        """The answer, with the numbers behind it."""
