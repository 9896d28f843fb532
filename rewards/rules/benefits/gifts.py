"""What is picked from the catalogue, or drawn from it: by one item, by a category, or by chance."""

from rewards.rules.benefits.benefit import CURRENCY, Benefit
from rewards.rules.parameters import Parameter

WHICH = (
    Parameter("item", "catalogue_item", is_required=False),
    Parameter("category", "name", is_required=False),
)

GIFT_CARD = Benefit("gift_card", (CURRENCY,), WHICH)
MERCHANDISE = Benefit("merchandise", ("piece",), WHICH)

# The odds go by the weights of those of which there is still one.
MYSTERY = Benefit("mystery", ("piece",), (Parameter("pool", "lots"),))
