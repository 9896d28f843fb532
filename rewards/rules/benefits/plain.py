"""What is given by its name: the company's own services, for a while or by the piece."""

from rewards.rules.benefits.benefit import Benefit
from rewards.rules.parameters import Parameter

NAME = Parameter("name", "name")

FREE_MONTHS = Benefit("free_months", ("month",), (NAME,))
SERVICE = Benefit("service", ("piece",), (NAME,))

# The amount is for how many days.
UPGRADE = Benefit("upgrade", ("day",), (NAME,))

ENTRY = Benefit("entry", ("entry",), (Parameter("contest", "contest"),))
