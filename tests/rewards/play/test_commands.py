"""The two commands: what they print, how they refuse, and that they write nothing."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from campaigns.models import Campaign
from rewards.models import Reward
from rewards.rule_files import rules_standing, rules_write
from tests.factories.campaigns import campaign_made
from tests.factories.rewards import rule_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

CSV = """event_id,type,occurred_at,advocate,friend,amount,currency,product,quantity,metadata.agents,refunds
o-1,purchase,2026-03-03,ada@example.com,ben@example.com,9000,USD,mug,2,3,
o-2,purchase,2026-03-04,ada@example.com,noor@example.com,1000,USD,,,,
r-1,,2026-03-09,,,,,,,,o-2
"""
RULE = {
    "key": "share",
    "trigger": "purchase",
    "recipient": "advocate",
    "benefit": "credit",
    "calculator": "percent",
    "parameters": {"basis_points": 1_000},
    "conditions": [{"kind": "minimum_amount", "parameters": {"amounts": {"USD": 500}}}],
}


@pytest.fixture
def campaign(company: object) -> Campaign:
    return campaign_made(slug="autumn", conversion_events=["purchase"])


def run(capsys: Any, *args: str) -> str:
    call_command(*args)
    return str(capsys.readouterr().out)


def written(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content)
    return str(folder / name)


def test_a_file_of_events_says_what_would_be_paid_and_what_not(
    campaign: Campaign, now: datetime, tmp_path: Path, capsys: Any
) -> None:
    rule_of(campaign, now=now, amounts={"USD": 2_000})
    said = run(capsys, "rules_simulate", "autumn", "--events", written(tmp_path, "events.csv", CSV))
    assert "Would be paid: $20.00. Rewards: 1." in said
    assert "Goes back: what happened was taken back." in said

    rules = written(tmp_path, "rules.json", json.dumps({"rules": [RULE]}))
    said = run(capsys, "rules_simulate", "autumn", "--events", str(tmp_path / "events.csv"), "--rules", rules)
    assert "share: $9.00" in said
    assert not Reward.objects.exists()


LINES: list[tuple[list[dict[str, Any]], str]] = [
    ([{"type": "purchase", "amount": "90"}], "Line 1: “amount” must be a whole number"),
    ([{"type": "purchase", "amount": 90}], "Line 1: An amount needs its currency."),
    ([{"type": "purchase", "colour": "red"}], "Line 1: “colour” is not known here"),
    ([{"type": "purchase", "occurred_at": "yesterday"}], "Line 1: “occurred_at” must be a moment"),
    ([{"type": "purchase", "referral_code": "NOBODY"}], "There is no referral code “NOBODY”"),
    ([{"refunds": "o-1"}], "Line 1: There is no earlier event “o-1” to take back."),
    ([{"type": "purchase", "items": [{"colour": "red"}]}], "“items” must be a list of items"),
    ([{"type": "purchase", "friend": {"shoe_size": 43}}], "“friend” must be a name"),
]


@pytest.mark.parametrize(("lines", "said"), LINES, ids=[said for _lines, said in LINES])
def test_a_line_that_cannot_be_says_why(
    campaign: Campaign, tmp_path: Path, lines: list[dict[str, Any]], said: str
) -> None:
    path = written(tmp_path, "events.jsonl", "\n".join(map(json.dumps, lines)))
    with pytest.raises(CommandError) as refused:
        call_command("rules_simulate", "autumn", "--events", path)
    assert said in str(refused.value)


def test_other_rules_are_tried_on_what_really_happened(
    campaign: Campaign, now: datetime, tmp_path: Path, capsys: Any
) -> None:
    from tests.rewards.play.test_stored import lived

    rule_of(campaign, now=now, amounts={"USD": 2_000})
    lived(campaign, now, random.Random(5))
    same = written(tmp_path, "same.toml", rules_write(rules_standing(campaign)))
    assert run(capsys, "rules_backtest", "autumn", "--export") == (tmp_path / "same.toml").read_text()

    since = f"{now - timedelta(days=1):%Y-%m-%d}"
    said = run(capsys, "rules_backtest", "autumn", "--rules", same, "--since", since)
    assert "USD: 0 would get more, 0 less, 1 the same." in said
    assert "Too little is known" in said

    other = written(tmp_path, "other.json", json.dumps({"rules": [RULE | {"parameters": {"basis_points": 5_000}}]}))
    assert "USD: 1 would get more" in run(capsys, "rules_backtest", "autumn", "--rules", other, "--since", since)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["rules_backtest", "winter", "--export"], "Campaigns here: autumn."),
        (["rules_backtest", "autumn"], "Say --rules FILE and --since DATE"),
        (["rules_simulate", "autumn", "--events", "/nowhere"], "/nowhere cannot be read"),
    ],
)
def test_what_is_asked_for_wrongly_says_so(campaign: Campaign, args: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command(*args)
