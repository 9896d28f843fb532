"""The page about adding a benefit, followed to the letter but for its migration."""

import re
import sys
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.utils.translation import override

from campaigns.models import Campaign
from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.entry import entry_of
from rewards.models import Reward, RewardEvent
from rewards.rules.benefits import BENEFITS
from rewards.rules.registry import ANYTHING, BENEFITS_BY_CALCULATOR, may_serve, units_refused
from rewards.services.fulfilment import reward_fulfil
from rewards.services.rules import RuleDraft, draft_problems
from rewards.words import rule_sentence, what_words
from tests.factories.campaigns import campaign_made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ROOT = Path(__file__).parents[2]
LINES_OF_A_PAGE = 120
BLOCK = re.compile(r"^```python\n# (?P<path>\S+?)(?:: (?P<table>\w+))?\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)

TREE = RuleDraft(
    key="tree",
    trigger="converted",
    recipient="advocate",
    benefit="tree",
    benefit_settings={"region": "Alps"},
    amounts={"piece": 1},
    conditions=[],
    limits=[],
)


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def file_added(block: re.Match[str], patch: pytest.MonkeyPatch) -> ModuleType:
    assert not (ROOT / block["path"]).exists()
    module = ModuleType(module_of(block["path"]))
    patch.setitem(sys.modules, module.__name__, module)
    exec(compile(block["code"], block["path"], "exec"), vars(module))
    return module


def follow(patch: pytest.MonkeyPatch) -> None:
    """Each block that names a file is that file; one that names a table too is lines for that table."""
    text = (ROOT / "docs/adding-a-benefit.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES_OF_A_PAGE
    blocks = list(BLOCK.finditer(text))
    assert len(blocks) == text.count("```python")
    module = None
    for block in blocks:
        if not block["table"]:
            module = file_added(block, patch)
            continue
        target = import_module(module_of(block["path"]))
        lines: dict[Any, Any] = eval(f"{{{block['code']}}}", vars(target) | (vars(module) if module else {}))
        table = getattr(target, block["table"])
        for name, entry in lines.items():
            assert name not in table
            patch.setitem(table, name, entry)
    # Derived from the registry when a process starts.
    patch.setitem(BENEFITS_BY_CALCULATOR, "fixed", frozenset(BENEFITS))


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made(status=Campaign.Status.DRAFT)


def test_a_benefit_is_added_by_the_page(campaign: Campaign, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert draft_problems(TREE, campaign) != []

    follow(monkeypatch)

    assert BENEFITS["tree"].usual_unit == "piece"
    assert units_refused("tree", ["piece", "USD"]) == ["USD"]
    assert draft_problems(replace(TREE, benefit_settings={}), campaign) == ["“region” is missing."]
    assert draft_problems(TREE, campaign) == []
    with override("en"):
        said = "When the friend becomes a customer, we plant a tree for the advocate (1 piece). It grows in Alps."
        assert rule_sentence(TREE, campaign=campaign) == said
        assert what_words(TREE) == "a tree (1 piece)"


def test_what_the_page_adds_has_its_form(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(monkeypatch)
    entry = entry_of(TREE, Offered(campaign))
    assert [field.name for field in entry.benefit_fields("tree")] == ["gives-tree-region"]


def test_what_the_page_adds_is_handed_over_and_booked(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(monkeypatch)
    deeds: list[str] = []
    planted = sys.modules["rewards.services.fulfilment.tree"]
    for deed in ("book_give", "reward_move", "tell_given"):
        monkeypatch.setattr(planted, deed, lambda deed=deed, **_said: deeds.append(deed))
    reward_fulfil(reward=Reward(benefit="tree"), step=RewardEvent(), now=now)
    assert deeds == ["book_give", "reward_move", "tell_given"]


def test_whatever_a_benefit_is_some_calculator_serves_it() -> None:
    assert all(may_serve("fixed", benefit) for benefit in ANYTHING)
