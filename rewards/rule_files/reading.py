"""From text to drafts. Every mistake is noted, so that a file is mended in one go."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from rewards.errors import BadRuleFile
from rewards.models import Budget
from rewards.rule_files.keys import FILE_KEYS, Keys, budget_keys, condition_keys, limit_keys, rule_keys, table_read
from rewards.services.rules import ConditionDraft, LimitDraft, RuleDraft, draft_problems

MAX_BYTES = 1 << 20
HEADER = re.compile(r"\s*\[\[\s*(rules|budgets)\s*\]\]")
Lines = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a file says. `budgets`: those that it describes itself, not saved, by name."""

    rules: tuple[RuleDraft, ...]
    budgets: Mapping[str, Budget]


def rule_file_read(text: str, *, campaign: Campaign) -> RuleFile:
    """The rules of a file: JSON where it begins with a brace, else TOML. Raises BadRuleFile with all `reasons`."""
    if len(text) > MAX_BYTES:
        _refuse([_("A file of rules has at most 1,000,000 characters.")])
    is_json = text.lstrip().startswith("{")
    return rules_of(_parsed(text, is_json=is_json), campaign=campaign, lines={} if is_json else _header_lines(text))


def rules_of(data: Mapping[str, Any], *, campaign: Campaign, lines: Lines | None = None) -> RuleFile:
    """The rules in plain data {"rules": […], "budgets"?: […]}. `lines`: where (list, number) begins in the file.

    Raises BadRuleFile with a sentence in `reasons` for each mistake.
    """
    problems: list[str] = []
    top = table_read(_("The file"), data, FILE_KEYS, problems)
    budgets: dict[str, Budget] = {}
    for number, entry in enumerate(top.get("budgets", []), start=1):
        where = _place(_("Budget"), "name", number, entry, (lines or {}).get(("budgets", number)))
        values = table_read(where, entry, budget_keys(), problems)
        budgets[values.get("name", "")] = Budget(campaign=campaign, **values)
    drafts = []
    for number, entry in enumerate(top.get("rules", []), start=1):
        where = _place(_("Rule"), "key", number, entry, (lines or {}).get(("rules", number)))
        drafts += _drafts(where, entry, campaign, budgets, problems)
    _refuse(problems or _named_twice(drafts))
    return RuleFile(tuple(drafts), budgets)


def _drafts(
    where: str, entry: Any, campaign: Campaign, budgets: Mapping[str, Budget], problems: list[str]
) -> list[RuleDraft]:
    """The draft of one rule; none where something is wrong with it."""
    wrong: list[str] = []
    values = table_read(where, entry, rule_keys(), wrong)
    conditions = _parts(where, _("condition"), values.get("conditions", []), condition_keys(), wrong)
    limits = _parts(where, _("limit"), values.get("limits", []), limit_keys(), wrong)
    budget = values.get("budget")
    found = _budget_named(budget, campaign, budgets) if budget else None
    if budget and found is None:
        wrong.append(_no_budget(where, budget, campaign, budgets))
    if wrong:
        problems += wrong
        return []
    values |= {
        "conditions": [ConditionDraft(**part) for part in conditions],
        "limits": [LimitDraft(**part) for part in limits],
        "budget": found,
    }
    draft = RuleDraft(**values)
    problems += [f"{where}: {problem}" for problem in draft_problems(draft, campaign)]
    return [draft]


def _parts(where: str, name: str, entries: Sequence[Any], keys: Keys, wrong: list[str]) -> list[dict[str, Any]]:
    return [
        table_read(f"{where}, {name} {number}", entry, keys, wrong) for number, entry in enumerate(entries, start=1)
    ]


def _budget_named(name: str, campaign: Campaign, budgets: Mapping[str, Budget]) -> Budget | None:
    return budgets.get(name) or Budget.objects.filter(campaign=campaign, name=name).first()


def _no_budget(where: str, name: str, campaign: Campaign, budgets: Mapping[str, Budget]) -> str:
    standing = Budget.objects.filter(campaign=campaign).values_list("name", flat=True)
    known = ", ".join(sorted({*budgets, *standing})) or "–"
    words = {"where": where, "name": name, "known": known}
    return _("%(where)s: there is no budget “%(name)s”. Budgets of this campaign: %(known)s.") % words


def _named_twice(drafts: Sequence[RuleDraft]) -> list[str]:
    keys = [draft.key for draft in drafts]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    return [_("Two rules are called “%(key)s”. Each needs a name of its own.") % {"key": key} for key in twice]


def _place(kind: str, key: str, number: int, entry: Any, line: int | None) -> str:
    """'Rule 2 “friend-coupon” (line 14)'."""
    name = entry.get(key, "") if isinstance(entry, Mapping) else ""
    place = f"{kind} {number} “{name}”" if isinstance(name, str) and name else f"{kind} {number}"
    return f"{place} ({_('line %(line)s') % {'line': line}})" if line else place


def _parsed(text: str, *, is_json: bool) -> Any:
    try:
        return json.loads(text) if is_json else tomllib.loads(text)
    except json.JSONDecodeError as error:
        words = {"line": error.lineno, "column": error.colno, "why": error.msg}
        return _refuse([_("Line %(line)s, column %(column)s: this is no JSON (%(why)s).") % words])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # It ends with the line and the column.
        return _refuse([_("This is no TOML: %(why)s.") % {"why": error}])


def _header_lines(text: str) -> Lines:
    found: dict[tuple[str, int], int] = {}
    counts = {"rules": 0, "budgets": 0}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            counts[header[1]] += 1
            found[header[1], counts[header[1]]] = number
    return found


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise BadRuleFile(" ".join(reasons), reasons=reasons)
