"""Items of a catalogue, saved as the console saves them, and rewards that are picked from it."""

from datetime import datetime
from typing import Any

from advocates.models import Contact, User
from campaigns.models import Campaign
from config.lib.money import Money
from rewards.addresses import PostalAddress
from rewards.ledger.chart import AccountRef
from rewards.ledger.post import post
from rewards.models import Account, CatalogueItem, Reward
from rewards.services.catalogue import catalogue_item_save
from rewards.services.gift_codes import gift_codes_add
from tests.cast import Person
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import rule_of, won

HOME = PostalAddress(name="Lena Vogt", street="Seestraße 12", postcode="13353", city="Berlin", country="DE")


def item_of(key: str, *, now: datetime, **wanted: Any) -> CatalogueItem:
    """A thing of which one costs 8 USD, unless told otherwise."""
    values: dict[str, Any] = {
        "key": key,
        "kind": "merchandise",
        "name": key.replace("-", " ").title(),
        "unit": "piece",
        "cost": 800,
        "cost_unit": "USD",
    }
    return catalogue_item_save(item=CatalogueItem(**values | wanted), actor=None, now=now)


def card_of(key: str, *codes: str, actor: User, now: datetime, worth: int = 5_000, **wanted: Any) -> CatalogueItem:
    """A gift card in USD with these codes."""
    item = item_of(key, now=now, **{"kind": "gift_card", "unit": "USD", "cost": None, "cost_unit": ""} | wanted)
    if codes:
        gift_codes_add(
            item=item, codes=list(codes), worth=Money(worth, item.unit), valid_until=None, actor=actor, now=now
        )
    return item


def gift_earned(campaign: Campaign, *, now: datetime, friend: Person, **rule: Any) -> Reward:
    """A gift card of 50 USD for the advocate of that friend, unless told otherwise. The rule is made once."""
    values: dict[str, Any] = {"key": "advocate-gift", "benefit": "gift_card", "amounts": {"USD": 5_000}}
    if not campaign.rules.filter(key="advocate-gift").exists():
        rule_of(campaign, now=now, **values | rule)
    won(referred(enrolled(campaign, now=now), now=now, person=friend), now=now)
    return Reward.objects.filter(rule_key="advocate-gift").latest("pk")


def points_given(contact: Contact, amount: int, *, now: datetime) -> None:
    post(
        key=f"test:points:{contact.public_id}:{amount}",
        debit=AccountRef(Account.Kind.FUNDING, "camp_test", "points"),
        credit=AccountRef(Account.Kind.CREDIT, contact.public_id, "points"),
        amount=amount,
        reference=contact.public_id,
        memo="test",
        now=now,
    )
