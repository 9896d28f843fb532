"""The made-up company of the demo: its page, its staff, its customers, its campaigns. Whatever stands is left alone."""

import csv
import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group

from advocates.models import CircleChoice, CircleLevel, Contact, User
from advocates.services.circle import circle_choose, circle_level_save
from advocates.services.circle_suggest import circle_suggest
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.purchases import purchase_record
from campaigns.models import Brand, Campaign, Company
from campaigns.services.campaigns import copy_write
from campaigns.services.settings import settings_save
from config.lib.money import Money
from rewards.models import Budget
from rewards.services.budgets import budget_save
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft, rule_save

FOLDER = Path(__file__).resolve().parent
PASSWORD = "coffee for everybody"  # noqa: S105 - the demo prints it
SOURCE = "demo"
SEED = 7
TEXTS: dict[str, Any] = {"faq": [], "quotes": []}

STAFF = {
    "maya@fernway.example": ("Maya Okafor", "sales"),
    "sam@fernway.example": ("Sam Ortiz", "support"),
    "mira@fernway.example": ("Mira Haddad", "marketing"),
    "tom@fernway.example": ("Tom Becker", "finance"),
    "ada@fernway.example": ("Ada Lindqvist", "admin"),
}

# Rank: name, and what people there are offered.
LEVELS = {
    1: ("Ambassadors", "Our tasting dinner in autumn, and the first bags of each harvest."),
    2: ("Friends of the house", "A bag of a new roast before it is on sale."),
    3: ("Fans", "A handwritten card and a heartfelt thank-you."),
}
DECIDED = timedelta(days=200)
# Customer number: rank of the level.
CIRCLE = {"D-1001": 1, "D-1006": 2, "D-1007": 1, "D-1009": 3, "D-1011": 2, "D-1016": 3, "D-1018": 2}
NOT_CHOSEN = ("D-1013", "D-1019")
Status = CircleChoice.Status


def staff_member(role: str) -> User:
    email = next(email for email, (_name, of_role) in STAFF.items() if of_role == role)
    return User.objects.get(email=email)


def make_staff() -> None:
    for email, (name, role) in STAFF.items():
        if not User.objects.filter(email=email).exists():
            User.objects.create_user(email, PASSWORD, name=name).groups.add(Group.objects.get(name=role))


def make_company() -> None:
    page = {
        "name": "Fernway Coffee",
        "website": "https://fernway.example",
        "postal_address": "Fernway Coffee Ltd\n12 Harbour Street\nBristol BS1 4QA\nUnited Kingdom",
        "reply_to": "hello@fernway.example",
        "team_email": "team@fernway.example",
        "privacy_url": "https://fernway.example/privacy",
        "time_zone": "Europe/London",
        "accent_colour": "#7c2d12",
        "debit_account_name": "Fernway Coffee Ltd",
        "debit_account_iban": "GB29NWBK60161331926819",
    }
    if not Company.objects.exists():
        settings_save(row=Company(**page), changed=list(page), actor=staff_member("admin"))


def make_people(*, now: datetime) -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same customers every time
    with (FOLDER / "people.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _make_person(row, chance, now=now)


def _make_person(row: dict[str, str], chance: random.Random, *, now: datetime) -> None:
    facts = ContactFacts(
        external_id=row["number"],
        email=row["email"],
        phone=row["phone"],
        name=row["name"],
        company=row["company"],
        language=row["language"],
        country=row["country"],
        nps_score=int(row["score"]) if row["score"] else None,
        nps_at=now - timedelta(days=chance.randint(5, 120)) if row["score"] else None,
    )
    is_known = Contact.objects.filter(keys__source=SOURCE, keys__value=row["number"]).exists()
    contact = _known(row) if is_known else contact_upsert(facts=facts, source=SOURCE, now=now).contact
    for number in range(int(row["purchases"] or 0)):
        purchase_record(
            contact=contact,
            source=SOURCE,
            external_id=f"{row['number']}-{number + 1}",
            occurred_at=now - timedelta(days=chance.randint(20, 700)),
            money=Money(chance.randint(1_800, 9_500), "USD"),
        )


def _known(row: dict[str, str]) -> Contact:
    return Contact.objects.get(keys__source=SOURCE, keys__value=row["number"])


def make_circle(*, now: datetime) -> None:
    """Whom marketing has decided about half a year ago; the others are still suggested, one is due again today."""
    if CircleChoice.objects.exists():
        return
    then, levels = now - DECIDED, _levels()
    circle_suggest(then)
    for number, rank in CIRCLE.items():
        _choose(number, Status.MEMBER, "Knows us well and likes to talk about it.", then, level=levels[rank])
    for number in NOT_CHOSEN:
        _choose(number, Status.DISMISSED, "Would rather not be written to.", then)
    _choose("D-1012", Status.LATER, "Is moving house: ask again afterwards.", then, remind_on=now.date())


def _choose(number: str, status: str, note: str, at: datetime, **said: Any) -> None:
    contact = Contact.objects.get(keys__source=SOURCE, keys__value=number)
    circle_choose(contact=contact, status=status, actor=staff_member("marketing"), note=note, now=at, **said)


def _levels() -> dict[int, CircleLevel]:
    for rank, (name, offer) in LEVELS.items():
        if not CircleLevel.objects.filter(rank=rank).exists():
            level = CircleLevel(rank=rank, name=name, offer=offer)
            circle_level_save(level=level, changed=["rank", "name", "offer"], actor=staff_member("marketing"))
    return {level.rank: level for level in CircleLevel.objects.all()}


def make_campaigns(*, now: datetime) -> None:
    """`now`: when their rules begin to hold; who signs up earlier is paid by none."""
    with (FOLDER / "campaigns.toml").open("rb") as file:
        for plan in tomllib.load(file)["campaign"]:
            if not Campaign.objects.filter(slug=plan["slug"]).exists():
                _make_campaign(plan, now=now)


def _make_campaign(plan: dict[str, Any], *, now: datetime) -> None:
    actor = staff_member("marketing")
    copies, rules, budget = plan.pop("copy"), plan.pop("rule"), plan.pop("budget", None)
    campaign = Campaign(**plan, brand=_brand(), default_owner=staff_member("sales"))
    settings_save(row=campaign, changed=["slug", "name"], actor=actor)
    for language, texts in copies.items():
        copy_write(campaign=campaign, language=language, texts=TEXTS | texts, actor=actor)
    pot = budget_save(budget=Budget(campaign=campaign, **budget), actor=actor) if budget else None
    for rule in rules:
        rule_save(campaign=campaign, draft=_draft(rule, pot), actor=actor, now=now)


def _draft(rule: dict[str, Any], pot: Budget | None) -> RuleDraft:
    conditions = [ConditionDraft(**condition) for condition in rule.pop("conditions", [])]
    limits = [LimitDraft(**limit) for limit in rule.pop("limits", [])]
    budget = pot if rule.pop("budget", False) else None
    return RuleDraft(**rule, conditions=conditions, limits=limits, budget=budget)


def _brand() -> Brand:
    sender = {"sender_name": "Fernway Coffee", "sender_email": "hello@fernway.example", "accent_colour": "#7c2d12"}
    return Brand.objects.get_or_create(name="Fernway", defaults=sender)[0]
