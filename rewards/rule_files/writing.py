"""From drafts to text. What a draft leaves as it is by default is not written."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from campaigns.models import Campaign
from rewards.models import Budget, RewardRule
from rewards.services.rules import RuleDraft, draft_of

BARE = re.compile(r"[A-Za-z0-9_-]+")
LISTS = ("conditions", "limits")


def rules_standing(campaign: Campaign) -> list[RuleDraft]:
    """The rules that stand today, by priority and key."""
    standing = RewardRule.objects.standing().filter(campaign=campaign).select_related("budget")
    return [draft_of(rule) for rule in standing.order_by("priority", "key")]


def rules_plain(drafts: Sequence[RuleDraft]) -> dict[str, Any]:
    """As data that `rules_of` takes: the rules and the budgets that they name."""
    budgets = {draft.budget.name: _budget(draft.budget) for draft in drafts if draft.budget}
    plain: dict[str, Any] = {"rules": [_rule(draft) for draft in drafts]}
    return plain | ({"budgets": list(budgets.values())} if budgets else {})


def rules_write(drafts: Sequence[RuleDraft], *, as_json: bool = False) -> str:
    """A file that `rule_file_read` takes."""
    plain = rules_plain(drafts)
    if as_json:
        return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
    if not drafts:
        return "rules = []\n"
    return "\n".join(_toml_table(name, entry) for name, entries in plain.items() for entry in entries)


def _rule(draft: RuleDraft) -> dict[str, Any]:
    values = _changed(draft)
    for name in LISTS:
        if name in values:
            values[name] = [_changed(part) for part in values[name]]
    return values | ({"budget": draft.budget.name} if draft.budget else {})


def _changed(draft: Any) -> dict[str, Any]:
    """What differs from the default, in the order in which the draft names it."""
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return {
        field.name: values[field.name]
        for field in fields(draft)
        if not _is_default(field, values[field.name]) and not isinstance(values[field.name], Budget)
    }


def _is_default(field: "Field[Any]", value: Any) -> bool:
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    # An empty list of parts is the same as the empty tuple of the draft.
    return field.default is not MISSING and (value == field.default or (field.default == () and not value))


def _budget(budget: Budget) -> dict[str, Any]:
    return {name: getattr(budget, name) for name in ("name", "unit", "amount", "period")}


# --- TOML -------------------------------------------------------------------------------------------------------------


def _toml_table(name: str, entry: Mapping[str, Any]) -> str:
    lines = [f"{_toml_key(key)} = {_toml(value, is_long=key in LISTS)}\n" for key, value in entry.items()]
    return f"[[{name}]]\n" + "".join(lines)


def _toml(value: Any, *, is_long: bool = False) -> str:
    if isinstance(value, Mapping):
        pairs = [f"{_toml_key(key)} = {_toml(part)}" for key, part in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        parts = [_toml(part) for part in value]
        return "[\n" + "".join(f"  {part},\n" for part in parts) + "]" if is_long else f"[{', '.join(parts)}]"
    if isinstance(value, str):
        # What JSON escapes, TOML reads alike; it wants one more character escaped.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _toml_key(key: str) -> str:
    return key if BARE.fullmatch(key) else _toml(key)
