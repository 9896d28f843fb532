"""What there is to choose from, a line each. *Which* is one word for what its benefit asks first, or its settings."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from rewards.admin.rule_forms.texts import Wrong, name_read
from rewards.rules.benefits import SINGLE

# Such as {"pool": [{"item": "mug", "weight": 9}, …]}.
MAX_WHAT = 2_000


def what_read(text: str, benefit: str) -> dict[str, Any]:
    """The settings of that benefit: of 'premium' for free months, {"name": "premium"}."""
    if text.startswith("{"):
        return _settings_read(text)
    declared = SINGLE[benefit].parameters if benefit in SINGLE else ()
    if not declared:
        raise Wrong(_("To this one nothing is to be added: leave “which” empty."))
    return {declared[0].name: name_read(text)}


def what_typed(option: Mapping[str, Any]) -> str:
    settings = option.get("settings", {})
    declared = SINGLE[option["benefit"]].parameters if option["benefit"] in SINGLE else ()
    first = declared[0].name if declared else ""
    if set(settings) == {first} and isinstance(settings[first], str):
        return str(settings[first])
    return json.dumps(settings, ensure_ascii=False) if settings else ""


def options_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A unit without an amount means nothing; who gives no short name gets one made from the name."""
    options = [_option(row) for row in rows]
    keys = [option["key"] for option in options]
    if len(set(keys)) != len(keys):
        raise Wrong(_("Two lines have the same short name: each needs its own."))
    return options


def _option(row: Mapping[str, Any]) -> dict[str, Any]:
    key = row.get("key") or slugify(row["name"]) or row["benefit"]
    option = {"key": key, "name": row["name"], "benefit": row["benefit"]}
    if "amount" in row:
        option |= {"amount": row["amount"], "unit": row["unit"]}
    return option | ({"settings": row["what"]} if "what" in row else {})


def _settings_read(text: str) -> dict[str, Any]:
    try:
        settings = json.loads(text)
    except json.JSONDecodeError:
        raise Wrong(_("“Which” is one word, or the settings as JSON.")) from None
    return dict(settings)
