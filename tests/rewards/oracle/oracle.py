"""What a campaign should have paid, reckoned the slow and plain way from the words of docs/rules.md.

It shares nothing with the product: no import, no formula, no order of work. Whatever it wants to know it counts anew
in lists of what happened. Days are whole days of one zone, amounts whole minor units.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Rule = dict[str, Any]


@dataclass
class Friend:
    name: str
    advocate: str
    day: date
    tier_promised: int


@dataclass
class Event:
    """`number`: among the standing ones of its type when it came. `confirmed`: friends of the advocate, with it."""

    id: str
    type: str
    friend: Friend
    day: date
    amount: int | None
    items: list[dict[str, Any]]
    region: str
    facts: dict[str, Any]
    number: int = 0
    confirmed: int = 0
    converts: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    refunds: list[int | None] = field(default_factory=list)

    @property
    def is_gone(self) -> bool:
        if None in self.refunds:
            return True
        return bool(self.refunds) and self.amount is not None and sum(self.refunds) >= self.amount  # type: ignore[arg-type]

    @property
    def left(self) -> int | None:
        if self.amount is None:
            return None
        return 0 if self.is_gone else self.amount - sum(self.refunds)  # type: ignore[arg-type]


@dataclass
class Use:
    """That a reward used up something of the limit with that number."""

    limit: int
    whose: str
    day: date
    amount: int


@dataclass
class Reward:
    rule: Rule
    who: str
    slot: str
    event: Event
    amount: int
    unit: str
    state: str = "stands"
    uses: list[Use] = field(default_factory=list)
    turn: int = 0
    line: tuple[int, str] | None = None


def half_away(value: Fraction) -> int:
    """Nearest whole number; a half goes away from zero."""
    whole = int(abs(value))
    if abs(value) - whole >= Fraction(1, 2):
        whole += 1
    return whole if value >= 0 else -whole


def reached(reward: Reward) -> int:
    """The number of a milestone or step."""
    return int(reward.slot.rsplit(":", 1)[1])


class Oracle:
    """`tiers`: (from so many confirmed friends, multiplier), the first from 0. `quoted`: do promises stand?"""

    def __init__(self, rules: list[Rule], *, converting: str, tiers: list[tuple[int, Fraction]], quoted: bool) -> None:
        self.rules = rules
        self.converting = converting
        self.tiers = tiers
        self.quoted = quoted
        self.friends: dict[str, Friend] = {}
        self.events: list[Event] = []
        self.rewards: list[Reward] = []
        self.turns = 0

    # --- what happens ---

    def sign_up(self, friend: str, advocate: str, day: date) -> None:
        person = Friend(friend, advocate, day, self.tier_at(self.confirmed_friends(advocate)))
        self.friends[friend] = person
        claimed = Event(f"claimed-{friend}", "claimed", person, day, None, [], "", {}, number=1)
        claimed.confirmed = self.confirmed_friends(advocate)
        claimed.counts = {"claimed": 1}
        self.events.append(claimed)
        self.pay(claimed, day)
        self.go_on(day)

    def happen(self, event: Event, today: date) -> None:
        before = [other for other in self.of_friend(event) if other.type == event.type and not other.is_gone]
        event.number = 1 + len(before)
        event.converts = event.type == self.converting and not self.is_confirmed(event.friend)
        self.events.append(event)
        event.confirmed = self.confirmed_friends(event.friend.advocate)
        standing = [other for other in self.of_friend(event) if not other.is_gone]
        event.counts = {other.type: sum(each.type == other.type for each in standing) for other in standing}
        self.pay(event, today)
        self.go_on(today)

    def refund(self, event: Event, amount: int | None, today: date) -> None:
        event.refunds.append(amount)
        for reward in self.rewards:
            if reward.rule["calculator"] in ("milestones", "steps"):
                continue  # given for a number: see call_back
            if reward.event is event and reward.state != "gone":
                judged = None if event.is_gone else self.judge(reward.rule, event)
                self.cut(reward, min(judged[0] if judged else 0, reward.amount))
        self.call_back(event)
        self.go_on(today)

    def call_back(self, event: Event) -> None:
        """Milestones and steps that were reached and are no longer."""
        standing = [e for e in self.of_friend(event) if e.type == event.type and not e.is_gone]
        confirmed = self.confirmed_friends(event.friend.advocate)
        for reward in self.rewards:
            if reward.state == "gone":
                continue
            by_milestone = reward.rule["calculator"] == "milestones"
            if by_milestone and reward.event.friend.advocate == event.friend.advocate:
                self.cut(reward, reward.amount if reached(reward) <= confirmed else 0)
            if reward.rule["calculator"] == "steps" and self.is_alike(reward.event, event):
                self.cut(reward, reward.amount if reached(reward) <= len(standing) else 0)

    @staticmethod
    def is_alike(one: Event, other: Event) -> bool:
        return one.friend is other.friend and one.type == other.type

    # --- what is known ---

    def of_friend(self, event: Event) -> list[Event]:
        return [other for other in self.events if other.friend is event.friend]

    def is_confirmed(self, friend: Friend) -> bool:
        return any(event.converts and not event.is_gone for event in self.events if event.friend is friend)

    def confirmed_friends(self, advocate: str) -> int:
        return sum(self.is_confirmed(friend) for friend in self.friends.values() if friend.advocate == advocate)

    def region(self, event: Event) -> str:
        """The first that the friend told, as long as promises stand; else the event's, where it names one."""
        told = [other.region for other in self.of_friend(event) if other.region]
        known = told[0] if told else ""
        return known if self.quoted else event.region or known

    def tier_at(self, confirmed: int) -> int:
        return max(place for place, (needs, _) in enumerate(self.tiers) if needs <= confirmed)

    # --- one rule, one event ---

    def pay(self, event: Event, today: date) -> None:
        fits = [rule for rule in self.rules if self.listens(rule, event)]
        fits.sort(key=lambda rule: (rule["priority"], rule["key"]))
        judged = [(rule, self.judge(rule, event)) for rule in fits]
        for rule, due in judged:
            if due and self.is_best(rule, due, judged):
                self.grant(rule, event, due, today)

    def listens(self, rule: Rule, event: Event) -> bool:
        return rule["trigger"] == event.type or (rule["trigger"] == "converted" and event.converts)

    def is_best(self, rule: Rule, due: Any, judged: list[Any]) -> bool:
        group = rule["exclusive_group"]
        if not group:
            return True
        rivals = [
            (other, its)
            for other, its in judged
            if its and other["exclusive_group"] == group and other["recipient"] == rule["recipient"]
        ]
        unit = rivals[0][1][1]
        rivals = [(other, its) for other, its in rivals if its[1] == unit]
        highest = max(its[0] for _, its in rivals)
        return next(other for other, its in rivals if its[0] == highest) is rule

    def judge(self, rule: Rule, event: Event) -> tuple[int, str, str] | None:
        """(amount, unit, slot), or None."""
        for group in ("all", "any", "not"):
            holds = [self.holds(c, event) for c in rule["conditions"] if c["group"] == group]
            if group == "all" and not all(holds):
                return None
            if group == "any" and holds and not any(holds):
                return None
            if group == "not" and any(holds):
                return None
        due = getattr(self, rule["calculator"])(rule, event)
        if due is None or due[0] < 1:
            return None
        amount, unit, slot = due
        return amount, unit, slot or self.slot(rule, event)

    def slot(self, rule: Rule, event: Event) -> str:
        once = rule["once_per"] or ("friend" if rule["trigger"] in ("claimed", "converted") else "event")
        return {"event": f"event:{event.id}", "friend": f"friend:{event.friend.name}", "party": "party"}[once]

    def holds(self, condition: dict[str, Any], event: Event) -> bool:
        kind, said = condition["kind"], condition["parameters"]
        quantity = sum(i["quantity"] for i in event.items if i["product"] in said.get("products", [i["product"]]))
        answers = {
            "first": lambda: event.number == 1,
            "nth": lambda: event.number == said["number"],
            "from_nth": lambda: event.number >= said["number"],
            "minimum_amount": lambda: event.left is not None and event.left >= said["amounts"]["USD"],
            "product": lambda: any(i["product"] in said["products"] for i in event.items),
            "minimum_quantity": lambda: quantity >= said["quantity"],
            "region": lambda: self.region(event) in said["regions"],
            "within_days": lambda: (event.day - event.friend.day).days <= said["days"],
            "deadline": lambda: event.day <= date.fromisoformat(said["day"]),
            "events_at_least": lambda: event.counts.get(said["type"], 0) >= said["count"],
            "fact_at_least": lambda: event.facts.get(said["name"], -1) >= said["value"],
            "fact_is": lambda: event.facts.get(said["name"]) in said["values"],
        }
        return answers[kind]()

    # --- how much ---

    def fixed(self, rule: Rule, event: Event) -> Any:
        [(unit, amount)] = rule["amounts"].items()
        return amount, unit, ""

    def percent(self, rule: Rule, event: Event) -> Any:
        if event.left is None:
            return None
        said = rule["parameters"]
        share = half_away(Fraction(event.left * said["basis_points"], 10_000))
        share = max(share, said.get("floor", {}).get("USD", share))
        return min(share, said.get("ceiling", {}).get("USD", share)), "USD", ""

    def per_unit(self, rule: Rule, event: Event) -> Any:
        said = rule["parameters"]
        if "products" not in said:
            [(unit, each)] = rule["amounts"].items()
            quantity = sum(item["quantity"] for item in event.items)
            return each * min(quantity, said.get("max_units", quantity)), unit, ""
        [(product, prices)] = said["products"].items()
        quantity = sum(item["quantity"] for item in event.items if item["product"] == product)
        return prices["USD"] * min(quantity, said.get("max_units", quantity)), "USD", ""

    def by_product(self, rule: Rule, event: Event) -> Any:
        bought = {item["product"] for item in event.items}
        prices = rule["parameters"]["products"]
        return sum(prices[product]["USD"] for product in bought if product in prices), "USD", ""

    def by_region(self, rule: Rule, event: Event) -> Any:
        found = rule["parameters"]["regions"].get(self.region(event))
        return (found["USD"], "USD", "") if found else None

    def milestones(self, rule: Rule, event: Event) -> Any:
        found = rule["parameters"]["milestones"].get(str(event.confirmed))
        return (found["USD"], "USD", f"milestone:{event.confirmed}") if found else None

    def steps(self, rule: Rule, event: Event) -> Any:
        shares = {int(count): share for count, share in rule["parameters"]["steps"].items()}
        if event.number not in shares:
            return None
        [(unit, whole)] = rule["amounts"].items()
        lower = [count for count in shares if count < event.number]
        so_far = half_away(Fraction(whole * shares[max(lower)], 10_000)) if lower else 0
        now = half_away(Fraction(whole * shares[event.number], 10_000))
        return now - so_far, unit, f"friend:{event.friend.name}:step:{event.number}"

    def tier_multiplier(self, rule: Rule, event: Event) -> Any:
        [(unit, base)] = rule["amounts"].items()
        before = event.confirmed - event.converts
        place = max(self.tier_at(before), event.friend.tier_promised if self.quoted else 0)
        return half_away(base * self.tiers[place][1]), unit, ""

    # --- limits ---

    def grant(self, rule: Rule, event: Event, due: tuple[int, str, str], today: date) -> None:
        amount, unit, slot = due
        who = event.friend.advocate if rule["recipient"] == "advocate" else event.friend.name
        same = [r for r in self.rewards if (r.rule["key"], r.who, r.slot) == (rule["key"], who, slot)]
        if any(reward.state != "gone" for reward in same):
            return
        reward = Reward(rule, who, slot, event, amount, unit)
        if not self.admit(reward, event.day):
            return
        self.rewards = [r for r in self.rewards if r not in same]
        self.turns += 1
        reward.turn = self.turns
        self.enter(reward, event.day, waiting=[r for r in self.rewards if r.state == "waits"])
        self.rewards.append(reward)

    def admit(self, reward: Reward, day: date) -> bool:
        """The limits that decide at once: cut by those that pay what is left, refused where another is full."""
        limits = list(enumerate(reward.rule["limits"]))
        amount = reward.amount
        for place, limit in limits:
            if limit["over"] == "partial":
                amount = min(amount, self.room(reward, place, limit, day))
        if amount < 1:
            return False
        if any(limit["over"] == "skip" and not self.has_room(reward, at, limit, day, amount) for at, limit in limits):
            return False
        # What no window could ever hold would stand in everybody's way for good.
        if any(limit["over"] == "wait" and self.wanted(limit, amount) > limit["value"] for _, limit in limits):
            return False
        reward.amount = amount
        for place, limit in limits:
            if limit["over"] != "wait":
                self.use(reward, place, limit, day, amount)
        return True

    def enter(self, reward: Reward, day: date, *, waiting: list[Reward]) -> None:
        """The limits that let wait: it stands in the line of the first that has no room or where others wait."""
        limits = [(place, limit) for place, limit in enumerate(reward.rule["limits"]) if limit["over"] == "wait"]
        for place, limit in sorted(limits, key=lambda one: one[1]["measure"]):
            line = (place, self.whose(limit, reward))
            awaited = any(other.rule is reward.rule and other.line == line for other in waiting)
            if awaited or not self.has_room(reward, place, limit, day, reward.amount):
                reward.state, reward.line = "waits", line
                return
        for place, limit in limits:
            self.use(reward, place, limit, day, reward.amount)
        reward.state, reward.line = "stands", None

    def go_on(self, today: date) -> None:
        """Whoever waits longest goes first, and nobody overtakes in the same line."""
        ahead: list[Reward] = []
        for reward in sorted((r for r in self.rewards if r.state == "waits"), key=lambda r: r.turn):
            if not any(other.rule is reward.rule and other.line == reward.line for other in ahead):
                self.enter(reward, today, waiting=ahead)
            if reward.state == "waits":
                ahead.append(reward)

    def whose(self, limit: dict[str, Any], reward: Reward) -> str:
        if limit["per"] == "campaign":
            return "campaign"
        return reward.event.friend.advocate if limit["per"] == "advocate" else reward.event.friend.name

    def takes(self, reward: Reward, place: int, limit: dict[str, Any]) -> list[tuple[Reward, Use]]:
        """What others have used of this limit, for the same person."""
        return [
            (other, use)
            for other in self.rewards
            if other.rule is reward.rule and other is not reward and other.state != "gone"
            for use in other.uses
            if use.limit == place and use.whose == self.whose(limit, reward)
        ]

    def windows(self, limit: dict[str, Any], day: date) -> list[tuple[date, date]]:
        """Each stretch of days, both ends included, in which the limit has to hold."""
        if limit["window"] == "day":
            return [(day, day)]
        if limit["window"] == "month":
            return [(day.replace(day=1), (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))]
        if limit["window"] == "quarter":
            first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
            return [(first, (first + timedelta(days=93)).replace(day=1) - timedelta(days=1))]
        if limit["window"] == "year":
            return [(date(day.year, 1, 1), date(day.year, 12, 31))]
        if limit["window"] == "rolling":
            days = timedelta(days=limit["days"] - 1)
            starts = [day - timedelta(days=back) for back in range(limit["days"])]
            return [(start, start + days) for start in starts]
        return [(date.min, date.max)]

    def used(self, reward: Reward, place: int, limit: dict[str, Any], day: date) -> int:
        """The most that is used in any stretch that holds this day."""
        others = self.takes(reward, place, limit)
        if limit["window"] == "event":
            others = [(other, use) for other, use in others if other.event is reward.event]
            return self.count(limit, reward, others)
        return max(
            self.count(limit, reward, [(o, u) for o, u in others if first <= u.day <= last])
            for first, last in self.windows(limit, day)
        )

    def count(self, limit: dict[str, Any], reward: Reward, uses: list[tuple[Reward, Use]]) -> int:
        if limit["measure"] == "amount":
            return sum(use.amount for _, use in uses)
        if limit["measure"] == "rewards":
            return len(uses)
        return len({other.event.friend.name for other, _ in uses} - {reward.event.friend.name})

    def room(self, reward: Reward, place: int, limit: dict[str, Any], day: date) -> int:
        return limit["value"] - self.used(reward, place, limit, day)

    def has_room(self, reward: Reward, place: int, limit: dict[str, Any], day: date, amount: int) -> bool:
        return self.used(reward, place, limit, day) + self.wanted(limit, amount) <= limit["value"]

    def wanted(self, limit: dict[str, Any], amount: int) -> int:
        return amount if limit["measure"] == "amount" else 1

    def use(self, reward: Reward, place: int, limit: dict[str, Any], day: date, amount: int) -> None:
        reward.uses.append(Use(place, self.whose(limit, reward), day, amount))

    def cut(self, reward: Reward, amount: int) -> None:
        reward.amount = amount
        if amount == 0:
            reward.state, reward.uses = "gone", []
        for use in reward.uses:
            use.amount = min(use.amount, amount)

    # --- the answer ---

    def paid(self) -> dict[tuple[str, str, str], int]:
        return {(r.rule["key"], r.who, r.slot): r.amount for r in self.rewards if r.state == "stands"}

    def waiting(self) -> list[tuple[str, str, str]]:
        return sorted((r.rule["key"], r.who, r.slot) for r in self.rewards if r.state == "waits")
