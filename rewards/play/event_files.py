"""Events as CSV or as JSON Lines, in the words of POST /events, with who the advocate is.

    {"event_id": "o-1", "type": "purchase", "occurred_at": "2026-03-03", "advocate": "ada@example.com",
     "friend": "ben@example.com", "amount": 9000, "currency": "USD"}
    {"event_id": "r-1", "refunds": "o-1", "amount": 4000}

`advocate` and `friend` are public ids, e-mail addresses, customer numbers, or any name for people who do not exist;
in JSON also an object with facts about them. In CSV the column `advocate.relation` says such a fact, `metadata.agents`
one about the event, and `product` with `quantity` one item.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from config.lib.money import MAX_AMOUNT
from config.lib.units import unit_get
from referrals.models import ReferralEvent
from rewards.errors import BadHistory
from rewards.play.happenings import Happening, Person
from rewards.play.people import advocates_by_code, people_named
from rewards.play.recorder import Recorder, Told
from rewards.play.setting import PlayRule, Setting
from rewards.rule_files.keys import Key, Keys, table_read, tables, text, whole
from rewards.rules.facts import Item

MAX_EVENTS = 100_000
MAX_REASONS = 20
NAMES = ("id", "external_id", "email", "phone", "name")
SINGLE_ITEM = ("product", "sku", "quantity")
COLUMNS_OF_NUMBERS = frozenset({"amount", "quantity", "purchases_count"})


@dataclass(frozen=True, slots=True)
class Line:
    """`number`: in the file, from 1."""

    number: int
    fields: Mapping[str, Any]


def events_read(
    content: str, *, campaign: Campaign, setting: Setting, rules: Sequence[PlayRule], now: datetime
) -> list[Happening]:
    """The events of a file, in its order. JSON Lines where it begins with a brace, else CSV.

    `now`: of events that do not say when. Raises BadHistory with `reasons`, each with its line.
    """
    lines = list(_json_lines(content) if content.lstrip().startswith("{") else _csv_lines(content))
    return lines_play(lines, campaign=campaign, setting=setting, rules=rules, now=now)


def lines_play(
    lines: Sequence[Line], *, campaign: Campaign, setting: Setting, rules: Sequence[PlayRule], now: datetime
) -> list[Happening]:
    """Lines as happenings: people are looked up, numbers and steps worked out. Raises BadHistory."""
    problems: list[str] = []
    keys = event_keys()
    read = [(line, table_read(_line(line), line.fields, keys, problems)) for line in lines]
    _refuse(problems)
    told = _Telling(campaign, rules, now, [values for _line_, values in read])
    recorder, happenings = Recorder(setting), []
    for line, values in read:
        try:
            happenings.append(recorder.record(told.tell(values, line.number)))
        except BadHistory as refusal:
            problems.append(f"{_line(line)}: {refusal}")
    _refuse(problems)
    return [happening for happening in happenings if happening]


class _Telling:
    """Turns values into what is told, with the people whom we know."""

    def __init__(
        self, campaign: Campaign, rules: Sequence[PlayRule], now: datetime, entries: Sequence[Mapping[str, Any]]
    ) -> None:
        self._now = now
        codes = {entry["referral_code"] for entry in entries if entry.get("referral_code")}
        self._by_code = advocates_by_code(codes, campaign)
        named = {_name(entry.get(kind)) for entry in entries for kind in ("advocate", "friend")}
        self._known = people_named((named | set(self._by_code.values())) - {""}, rules=rules, now=now)

    def tell(self, entry: Mapping[str, Any], number: int) -> Told:
        friend_facts = entry.get("friend")
        friend = self._person(friend_facts)
        amount = entry.get("amount")
        if amount is not None and not entry.get("currency") and not entry.get("refunds"):
            raise BadHistory(_("An amount needs its currency."))
        return Told(
            key=entry.get("event_id") or f"line-{number}",
            type=entry.get("type") or (ReferralEvent.REFUND if entry.get("refunds") else ""),
            occurred_at=entry.get("occurred_at") or self._now,
            advocate=self._advocate(entry),
            friend=friend,
            is_new=friend is None or not (friend.purchases or _fact(friend_facts, "customer_since")),
            last_bought=_fact(friend_facts, "last_bought"),
            amount=amount,
            unit=entry.get("currency", ""),
            items=_items(entry),
            region=entry.get("region") or _fact(friend_facts, "region") or "",
            metadata=entry.get("metadata", {}),
            refunds=entry.get("refunds", ""),
        )

    def _advocate(self, entry: Mapping[str, Any]) -> Person | None:
        code = entry.get("referral_code", "")
        if entry.get("advocate") or not code:
            return self._person(entry.get("advocate"))
        if code not in self._by_code:
            raise BadHistory(_("There is no referral code “%(code)s” in this campaign.") % {"code": code})
        return self._person(self._by_code[code])

    def _person(self, facts: Any) -> Person | None:
        name = _name(facts)
        if not name:
            return None
        person = self._known.get(name) or Person(name, name)
        if not isinstance(facts, Mapping):
            return person
        return replace(
            person,
            currency=facts.get("currency", person.currency),
            segments=person.segments | frozenset(facts.get("segments", ())),
            circle_level=facts.get("circle_level", person.circle_level),
            relation=facts.get("relation", person.relation),
            purchases=facts.get("purchases_count", person.purchases),
        )


def _name(facts: Any) -> str:
    if isinstance(facts, Mapping):
        return next((facts[name] for name in NAMES if facts.get(name)), "")
    return facts or ""


def _fact(facts: Any, name: str) -> Any:
    return facts.get(name) if isinstance(facts, Mapping) else None


def _items(entry: Mapping[str, Any]) -> tuple[Item, ...]:
    if not any(name in entry for name in SINGLE_ITEM):
        items: tuple[Item, ...] = entry.get("items", ())
        return items
    return (Item(entry.get("product", ""), entry.get("quantity", 1), sku=entry.get("sku", "")),)


# --- what a line may say ----------------------------------------------------------------------------------------------


def event_keys() -> Keys:
    short = text(r"(?s)[^\0]{0,128}", _("a text of at most 128 characters"))
    person = Key(_person_read, _("a name, or a table with %(names)s and more") % {"names": ", ".join(NAMES)})
    return {
        "event_id": short,
        "type": text(r"[a-z][a-z0-9_.-]{0,63}|", _("the name of an event, such as purchase")),
        "occurred_at": Key(_moment, _("a moment such as 2026-05-04T12:00:00Z, or a day such as 2026-05-04")),
        "advocate": person,
        "friend": person,
        "campaign": short,
        "referral_code": short,
        "coupon": short,
        "amount": whole(0, MAX_AMOUNT),
        "currency": Key(lambda value: unit_get(str(value)).code if value else "", _("a currency in use")),
        "items": Key(_item_list, _("a list of items with product, sku, quantity and amount")),
        "product": short,
        "sku": short,
        "quantity": whole(0, 10**9),
        "region": short,
        "metadata": Key(_object, _("a table of further facts")),
        "refunds": short,
        "reason": text(r"(?s).{0,2000}", _("a text of at most 2000 characters")),
    }


def _person_read(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 254:
        return value
    known = _object(value)
    if known.keys() - PERSON_FACTS.keys():
        raise ValueError(value)
    return {name: PERSON_FACTS[name](fact) for name, fact in known.items()}


def _texts(value: Any) -> list[str]:
    parts = value.split("|") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(value)
    return parts


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else _no(value)


def _str(value: Any) -> str:
    return value if isinstance(value, str) else _no(value)


def _no(value: Any) -> Any:
    raise ValueError(value)


def _count(value: Any) -> int:
    return value if type(value) is int and value >= 0 else _no(value)


PERSON_FACTS: Mapping[str, Any] = {
    **dict.fromkeys([*NAMES, "relation", "circle_level", "region", "currency"], _str),
    "segments": _texts,
    "purchases_count": _count,
    "customer_since": _day,
    "last_bought": _day,
}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _no(value)


def _item_list(value: Any) -> tuple[Item, ...]:
    return tuple(_item(_object(entry)) for entry in tables(value))


def _item(entry: Mapping[str, Any]) -> Item:
    if entry.keys() - {"product", "sku", "quantity", "amount"}:
        raise ValueError(entry)
    amount = entry.get("amount")
    return Item(
        _str(entry.get("product") or ""),
        _count(entry.get("quantity", 1)),
        None if amount is None else _count(amount),
        _str(entry.get("sku") or ""),
    )


def _moment(value: Any) -> datetime | None:
    """A day without an hour is taken at noon, so that no time zone makes another day of it."""
    if not value:
        return None
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004
    if len(value) == len("2026-05-04"):
        return datetime.combine(date.fromisoformat(value), time(12), UTC)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- lines ------------------------------------------------------------------------------------------------------------


def _json_lines(content: str) -> Iterator[Line]:
    for number, line in enumerate(io.StringIO(content), start=1):
        if not line.strip():
            continue
        _not_too_many(number)
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _bad(_("Line %(line)s is no JSON: %(why)s.") % {"line": number, "why": error}) from error
        yield Line(number, fields)


def _csv_lines(content: str) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True, delimiter=_delimiter(content))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for cells in reader:
            if any(cells):
                _not_too_many(reader.line_num)
                yield Line(reader.line_num, _row(header, cells, reader.line_num))
    except csv.Error as error:
        raise _bad(_("Line %(line)s is no CSV: %(why)s.") % {"line": reader.line_num, "why": error}) from error


def _delimiter(content: str) -> str:
    first = content.partition("\n")[0]
    return max(",;\t", key=first.count)


def _row(header: Sequence[str], cells: Sequence[str], number: int) -> dict[str, Any]:
    """Empty cells say nothing; `advocate.relation` and `metadata.agents` are parts of a whole."""
    if len(cells) > len(header):
        raise _bad(_("Line %(line)s has more cells than the first line has names.") % {"line": number})
    fields: dict[str, Any] = {}
    for column, cell in zip(header, cells, strict=False):
        if not cell.strip():
            continue
        name, dot, part = column.partition(".")
        value = _cell(part or name, cell.strip(), in_metadata=name == "metadata")
        if not dot:
            fields[name] = value
            continue
        whole_of = fields.get(name, {})
        fields[name] = ({"name": whole_of} if isinstance(whole_of, str) else whole_of) | {part: value}
    return fields


def _cell(name: str, cell: str, *, in_metadata: bool) -> Any:
    if name in COLUMNS_OF_NUMBERS or in_metadata:
        return int(cell) if cell.lstrip("-").isdecimal() else cell
    if name in ("items", "metadata"):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell


def _not_too_many(number: int) -> None:
    if number > MAX_EVENTS + 1:
        raise _bad(_("A file has at most %(count)s events.") % {"count": f"{MAX_EVENTS:,}"})


def _line(line: Line) -> str:
    return _("Line %(line)s") % {"line": line.number}


def _bad(reason: str) -> BadHistory:
    return BadHistory(reason, reasons=[reason])


def _refuse(problems: Sequence[str]) -> None:
    if not problems:
        return
    shown = list(problems[:MAX_REASONS])
    if len(problems) > MAX_REASONS:
        shown.append(_("And %(count)s more.") % {"count": len(problems) - MAX_REASONS})
    raise BadHistory(" ".join(shown), reasons=shown)
