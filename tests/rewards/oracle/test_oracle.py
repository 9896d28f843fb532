"""Random rules, histories, refunds and limits: the product pays what the oracle says, to the cent."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from rewards.ledger.check import ledger_problems
from tests.rewards.oracle.oracle import Event, Oracle
from tests.rewards.oracle.stories import Story, stories
from tests.rewards.oracle.told import BEGINNING, Told

TIERS = [("bronze", 0, 10_000), ("silver", 1, 12_500), ("gold", 2, 15_000)]


def reckoned(story: Story) -> Oracle:
    tiers = [(needs, Fraction(multiplier, 10_000)) for _key, needs, multiplier in TIERS]
    oracle = Oracle(list(story.rules), converting="purchase", tiers=tiers, quoted=story.quoted)
    known: dict[str, Event] = {}
    for kind, told in story.steps:
        today = (BEGINNING + timedelta(days=told["day"])).date()
        if kind == "sign_up":
            oracle.sign_up(told["friend"], told["advocate"], today)
        elif kind == "event":
            happened = (BEGINNING + timedelta(days=told["occurred"])).date()
            facts = {name: told[name] for name in ("id", "type", "amount", "items", "region", "facts")}
            known[told["id"]] = Event(friend=oracle.friends[told["friend"]], day=happened, **facts)
            oracle.happen(known[told["id"]], today)
        else:
            oracle.refund(known[told["of"]], told["amount"], today)
    return oracle


@pytest.mark.django_db
@pytest.mark.usefixtures("company")
# A story takes two seconds of processor: fifteen in the suite, five hundred with HYPOTHESIS_PROFILE=trust. To make a
# failing one smaller would take minutes.
@settings(
    max_examples=settings().max_examples // 4,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(story=stories())
def test_the_product_pays_what_the_oracle_says(story: Story) -> None:
    with transaction.atomic():
        told, oracle = Told(story, tiers=TIERS), reckoned(story)
        told.play()
        assert told.paid() == oracle.paid()
        assert told.waiting() == oracle.waiting()
        assert told.again()
        assert told.paid() == oracle.paid()
        assert ledger_problems() == []
        transaction.set_rollback(True)
