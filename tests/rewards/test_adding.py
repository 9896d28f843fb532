"""The pages about adding a condition and a calculator, followed to the letter."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.utils.translation import override

from campaigns.models import Campaign
from rewards.admin.rule_forms.labels import calculator_label, kind_label
from rewards.errors import BadRule
from rewards.quotes import quote
from rewards.rules.engine import evaluate, verdict_json
from rewards.rules.facts import Item, Value
from rewards.services.rules import ConditionDraft, RuleDraft, rule_save
from rewards.words import rule_sentence, trace_words
from tests.factories.campaigns import campaign_made
from tests.rewards.rules import test_calculators, test_conditions
from tests.rewards.rules.cast import facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ROOT = Path(__file__).parents[2]
LINES_OF_A_PAGE = 100
BLOCK = re.compile(r"^```python\n# (?P<path>\S+?)(?:: (?P<table>\w+))?\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Followed:
    """What a page adds: a file with a class, and lines in tables."""

    module: ModuleType
    lines: Mapping[tuple[str, str], Mapping[str, Any]]


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def follow(page: str, patch: pytest.MonkeyPatch) -> Followed:
    """Each block that names a file is that file; one that names a table too is lines for that table."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES_OF_A_PAGE
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("```python")
    [new] = [block for block in blocks if not block["table"]]
    module = file_added(new, patch)
    return Followed(module, {(b["path"], b["table"]): lines_added(b, module, patch) for b in blocks if b["table"]})


def file_added(block: re.Match[str], patch: pytest.MonkeyPatch) -> ModuleType:
    assert not (ROOT / block["path"]).exists()
    module = ModuleType(module_of(block["path"]))
    patch.setitem(sys.modules, module.__name__, module)
    exec(compile(block["code"], block["path"], "exec"), vars(module))
    return module


def lines_added(block: re.Match[str], module: ModuleType, patch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    target = import_module(module_of(block["path"]))
    lines: dict[str, Any] = eval(f"{{{block['code']}}}", vars(target) | vars(module))
    table = getattr(target, block["table"])
    for name, entry in lines.items():
        assert name not in table
        patch.setitem(table, name, entry)
    return lines


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made(status=Campaign.Status.DRAFT)


CASH: dict[str, Any] = {"key": "new", "trigger": "purchase", "recipient": "advocate", "benefit": "cash"}


def decided(campaign: Campaign, draft: RuleDraft, now: datetime, **known: Any) -> tuple[str, Value | None, list[str]]:
    """Saved, read as a sentence, evaluated as it stands in the database, and explained."""
    rule = rule_save(campaign=campaign, draft=draft, actor=None, now=now)
    stood = quote(campaign=campaign, at=now + timedelta(days=1))
    [decision] = evaluate(stood.rules, facts(**known))
    return rule_sentence(rule), decision.value, [trace_words(verdict_json(step)) for step in decision.trace]


def test_a_condition_is_added_by_the_page(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = RuleDraft(**CASH, amounts={"USD": 500}, conditions=[ConditionDraft("weekday", {"number": 1})])
    with pytest.raises(BadRule):
        rule_save(campaign=campaign, draft=draft, actor=None, now=now)

    followed = follow("adding-a-condition.md", monkeypatch)

    with override("en"):
        sentence, value, steps = decided(campaign, draft, now)
        assert "Only on day 1 of the week." in sentence
        assert value == Value(500, "USD")
        assert steps[0] == "It happened on day 1 of the week; asked for is day 1."
        assert kind_label("weekday") == "On a day of the week"
    tables = "tests/rewards/rules/test_conditions.py"
    for row in followed.lines[tables, "ANSWERS"]["weekday"]:
        test_conditions.test_a_condition_answers_with_a_code_and_numbers("weekday", *row)
    for refusal in followed.lines[tables, "REFUSED"]["weekday"]:
        test_conditions.test_settings_that_make_no_sense_are_refused("weekday", *refusal)
    test_conditions.test_each_condition_is_known_by_its_name_and_stands_in_the_table_with_both_answers()


def test_a_calculator_is_added_by_the_page(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"products": ["roof"], "basis_points": 500}
    draft = RuleDraft(**CASH, calculator="share_of_products", parameters=settings)
    with pytest.raises(BadRule):
        rule_save(campaign=campaign, draft=draft, actor=None, now=now)

    followed = follow("adding-a-calculator.md", monkeypatch)

    with override("en"):
        sentence, value, steps = decided(campaign, draft, now, items=(Item("roof", 1, 9_990),))
        assert "5 % of what roof costs" in sentence
        assert value == Value(500, "USD")
        assert steps[0] == "5 % of $99.90 are $5.00."
        assert calculator_label("share_of_products").text == "A share of certain products"
    tables = "tests/rewards/rules/test_calculators.py"
    for row in followed.lines[tables, "GIVEN"]["share_of_products"]:
        test_calculators.test_a_calculator_says_how_much_and_how_it_came_to_that("share_of_products", *row)
    for refusal in followed.lines[tables, "REFUSED"]["share_of_products"]:
        test_calculators.test_a_calculator_refuses_nonsense("share_of_products", *refusal)
    test_calculators.test_each_calculator_is_known_by_its_name_and_stands_in_the_table()
    with pytest.raises(BadRule):
        rule_save(
            campaign=campaign,
            draft=RuleDraft(**CASH | {"trigger": "enrolled"}, calculator="share_of_products", parameters=settings),
            actor=None,
            now=now,
        )
