"""Plays happenings through the rules: slots, limits, budgets, waiting and refunds as on the database, in memory."""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rewards.play.counters import PlayCounters
from rewards.play.happenings import Happening, Person, Promise
from rewards.play.setting import PlayRule, Pot, Setting
from rewards.rules.engine import Decision, decide, evaluate
from rewards.rules.facts import Facts, Party, Tier, Value
from rewards.rules.limits import Place, Use, limits_enter, limits_give_back, limits_shrink, limits_take, place_of
from rewards.rules.tiers import counted
from rewards.rules.verdict import Verdict
from rewards.standing import number_of
from rewards.triggers.occasion import drawn
from rewards.triggers.people import better_tier

DETAILS = 1_000
MILESTONE, REDEEMED = "milestone:", "coupon_redeemed"
LIMIT, BUDGET = "limit_reached", "budget_exhausted"
Slot = tuple[str, str, str, str]


@dataclass(slots=True)
class WouldBe:
    """A reward that would be. `amount`: as it was earned; `left`: after refunds. `waits`: why it does not go out yet.

    `day`: of its event, in the campaign's zone; `out_on`: the day it went out, None while it waits or is gone.
    `facts`, `trace`: not kept in a long history for what is never taken back. `place`: of one that waits for a limit.
    """

    by: PlayRule
    happening: Happening
    party: Person
    slot: str
    unit: str
    amount: int
    left: int
    day: date
    facts: Facts | None
    uses: tuple[Use, ...] = ()
    trace: tuple[Verdict, ...] = ()
    waits: str = ""
    queue: str = ""
    place: Place | None = None
    pot_key: str = ""
    out_on: date | None = None

    @property
    def rule(self) -> str:
        return self.by.rule.key

    @property
    def value(self) -> Value:
        return Value(self.left, self.unit)


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule that was asked and pays nothing; the last step that did not pass says why."""

    rule: str
    happening: Happening
    trace: tuple[Verdict, ...]


@dataclass(slots=True)
class Before:
    """What stood when the play begins: slots that are paid, limits and budgets that are used."""

    slots: set[Slot] = field(default_factory=set)
    counts: Mapping[str, int] = field(default_factory=dict)
    pots: Mapping[str, int] = field(default_factory=dict)


class Game:
    """One campaign under one set of rules. `rewards` in the order in which they were earned.

    `returning`: keys of the events that are taken back later, where these are known beforehand: then a long history
    keeps its reasons for the first rewards only. `refusals` counts by rule and code; `refused` holds the first of them.
    """

    def __init__(
        self,
        setting: Setting,
        rules: Sequence[PlayRule],
        *,
        before: Before | None = None,
        returning: Collection[str] | None = None,
    ) -> None:
        before = before or Before()
        self._returning = returning
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.setting = setting
        self.rewards: list[WouldBe] = []
        self.refused: list[Refused] = []
        self._rules = {by.rule.key: by for by in rules}
        self._pure = [by.rule for by in rules]
        given_to = {rule.party for rule in self._pure}
        self._charities = {name: one for name, one in setting.charities.items() if name in given_to}
        self._paid_before = before.slots
        self._by_slot: dict[Slot, WouldBe] = {}
        self._by_event: dict[str, list[WouldBe]] = defaultdict(list)
        self._by_number: dict[str, list[WouldBe]] = defaultdict(list)
        self._taken: dict[str, int | None] = {}
        self._counters = PlayCounters(before.counts)
        self._pots: dict[str, int] = defaultdict(int, before.pots)
        self._for_limits: dict[str, deque[WouldBe]] = {}
        self._for_pots: dict[Pot, deque[WouldBe]] = {}
        self._moved: list[tuple[WouldBe, str]] = []
        self._today: date | None = None
        self._has_room_come = False

    def play(self, happenings: Iterable[Happening]) -> "Game":
        for happening in happenings:
            self.one(happening)
        return self

    def one(self, happening: Happening) -> list[WouldBe]:
        """What this one earns, or takes back."""
        self.day_comes(self.setting.day(happening.recorded_at))
        if happening.root:
            self._take_back(happening)
        facts = self.facts_of(happening)
        decisions = sorted(evaluate(self._pure, facts), key=lambda decision: decision.rule.key)
        claims = [claim for decision in decisions if (claim := self._claim(decision, happening, facts))]
        for claim in claims:
            self._fund(claim, claim.day)
        return claims

    def day_comes(self, day: date) -> None:
        """Who waits goes out where there is room: on a new day, and when something came back."""
        if day == self._today and not self._has_room_come:
            return
        self._today, self._has_room_come = day, False
        self._limits_open(day)
        self._pots_open(day)

    @property
    def waiting(self) -> list[WouldBe]:
        return [reward for reward in self.rewards if reward.waits and reward.left]

    # --- facts ---

    def facts_of(self, happening: Happening) -> Facts:
        referred, at = happening.referred, happening.occurred_at
        promise = referred.promise if referred else None
        stands = promise if referred and promise and promise.stands(referred.signed_up_at, at) else None
        region = (stands.region if stands else "") or happening.region
        return Facts(
            event_key=happening.key,
            campaign_key=self.setting.campaign_key,
            triggers=self._triggers(happening),
            local_date=self.setting.day(at),
            parties=self._parties(happening),
            company_currency=self.setting.currency,
            value=None if happening.amount is None else Value(happening.amount, happening.unit),
            event_type=happening.type,
            sequence=happening.sequence,
            friend_is_new=bool(referred and referred.is_new),
            days_since_signup=(at - referred.signed_up_at).days if referred else None,
            items=happening.items,
            region=region,
            metadata=happening.metadata,
            counts=happening.counts,
            confirmed=happening.confirmed,
            friend_last_bought=referred.last_bought if referred else None,
            demand=(stands.demand if stands else None) or self.setting.demand(region, at),
            draw=drawn(happening.key),
        )

    def _triggers(self, happening: Happening) -> frozenset[str]:
        is_gone = happening.key in self._taken and self._taken[happening.key] is None
        if is_gone or happening.is_proof:
            return frozenset()
        return frozenset({happening.type, happening.step, REDEEMED if happening.redeems else ""} - {""})

    def _parties(self, happening: Happening) -> dict[str, Party]:
        people = {kind: self._party(kind, person, happening) for kind, person in happening.parties().items()}
        return people | {name: Party(charity.key) for name, charity in self._charities.items()}

    def _party(self, kind: str, person: Person, happening: Happening) -> Party:
        """Tier and segments of the advocate: the better of promised and present."""
        if kind != "advocate":
            return _as_party(person, person.segments, None)
        promise = (happening.referred.promise if happening.referred else None) or Promise()
        before = max(happening.confirmed - happening.has_confirmed, 0)
        counts = counted(before, person.lowered_before(happening.recorded_at))
        tier = better_tier(self.setting.tiers, promised=promise.tier, confirmed=counts)
        return _as_party(person, person.segments | promise.segments, tier)

    # --- earning ---

    def _claim(self, decision: Decision, happening: Happening, facts: Facts) -> WouldBe | None:
        rule = decision.rule
        if decision.value is None:
            self._refuse(decision, happening, decision.trace)
            return None
        slot = (rule.key, rule.recipient, decision.party_key, decision.slot)
        former = self._by_slot.get(slot)
        if slot in self._paid_before or (former and former.left):
            self._refuse(decision, happening, (*decision.trace, Verdict("already_rewarded", False)))
            return None
        place = place_of(facts, rule_key=rule.key, unit=decision.value.unit)
        is_detailed = self._returning is None or len(self.rewards) < DETAILS
        may_return = self._returning is None or happening.key in self._returning
        taken = limits_take(rule.limits, value=decision.value, place=place, counters=self._counters)
        trace = decision.trace + taken.verdicts
        if taken.value is None:
            self._refuse(decision, happening, trace)
            return None
        reward = WouldBe(
            by=self._rules[rule.key],
            happening=happening if is_detailed else happening.bare(),
            party=self._charities.get(rule.party) or happening.parties()[rule.recipient],
            slot=decision.slot,
            unit=taken.value.unit,
            amount=taken.value.amount,
            left=taken.value.amount,
            day=facts.local_date,
            facts=facts if may_return else None,
            uses=taken.uses if may_return or number_of(decision.slot) else (),
            trace=trace if is_detailed else (),
            place=place if taken.waits_for else None,
        )
        self._by_slot[slot] = reward
        self._by_event[happening.key].append(reward)
        if happening.referred and number_of(reward.slot):
            counts_for = happening.referred.advocate if reward.slot.startswith(MILESTONE) else happening.referred
            self._by_number[counts_for.key].append(reward)
        self.rewards.append(reward)
        if taken.waits_for:
            self._queue(reward, taken.waits_for)
        return reward

    def _refuse(self, decision: Decision, happening: Happening, trace: tuple[Verdict, ...]) -> None:
        code = next((step.code for step in reversed(trace) if not step.passed), "")
        self.refusals[decision.rule.key, code] += 1
        if self._returning is None or len(self.refused) < DETAILS:
            self.refused.append(Refused(decision.rule.key, happening, trace))

    def _queue(self, reward: WouldBe, queue: str) -> None:
        reward.waits, reward.queue = LIMIT, queue
        self._for_limits.setdefault(queue, deque()).append(reward)
        self._counters.waiting[queue] += 1

    def _fund(self, reward: WouldBe, day: date) -> None:
        """Set its money aside in the period of that day; behind those who wait for it already."""
        if reward.waits == LIMIT:
            return
        pot = reward.by.pot
        if pot and (self._for_pots.get(pot) or not self._reserve(reward, pot, day)):
            reward.waits = BUDGET
            self._for_pots.setdefault(pot, deque()).append(reward)
            return
        reward.waits, reward.out_on = "", day

    def _reserve(self, reward: WouldBe, pot: Pot, day: date) -> bool:
        key = pot.key(day)
        if self._pots[key] + reward.left > pot.amount:
            return False
        self._pots[key] += reward.left
        reward.pot_key = key
        return True

    # --- waiting ---

    def _limits_open(self, day: date) -> None:
        for queue, waiting in self._for_limits.items():
            while waiting and self._enters(waiting[0], queue, day):
                waiting.popleft()
        for reward, queue in self._moved:
            self._queue(reward, queue)
        self._moved = []

    def _enters(self, reward: WouldBe, queue: str, day: date) -> bool:
        """The first of its queue: True when it need not stand there any more."""
        if not reward.left or reward.place is None:
            return True
        behind = self._counters.waiting.pop(queue)
        place = replace(reward.place, day=day)
        taken = limits_enter(reward.by.rule.limits, value=reward.value, place=place, counters=self._counters)
        self._counters.waiting[queue] = behind
        if taken.value is None or taken.waits_for == queue:
            return False
        self._counters.waiting[queue] -= 1
        if taken.waits_for:
            # Of several limits, another one may be in its way by now.
            self._moved.append((reward, taken.waits_for))
            return True
        reward.uses += taken.uses
        reward.waits = reward.queue = ""
        self._fund(reward, day)
        return True

    def _pots_open(self, day: date) -> None:
        for pot, waiting in self._for_pots.items():
            while waiting and (not waiting[0].left or self._reserve(waiting[0], pot, day)):
                reward = waiting.popleft()
                reward.waits, reward.out_on = "", day if reward.left else None

    # --- taking back ---

    def _take_back(self, happening: Happening) -> None:
        root = happening.root
        gone = happening.is_whole or (root in self._taken and self._taken[root] is None)
        self._taken[root] = None if gone else (self._taken.get(root) or 0) + (happening.amount or 0)
        concerned = {id(reward): reward for reward in [*self._by_event.get(root, []), *self._counted_with(happening)]}
        # The highest milestone or step first.
        for reward in sorted(concerned.values(), key=lambda reward: -number_of(reward.slot)):
            needed = number_of(reward.slot)
            is_reached = needed and self._count(reward, happening) >= needed
            self._reduce(reward, reward.left if is_reached else 0 if needed else self._still_due(reward))

    def _counted_with(self, happening: Happening) -> list[WouldBe]:
        """Steps and milestones that stand by a number, which this event may have made smaller."""
        if happening.referred is None:
            return []
        keys = (happening.referred.advocate.key, happening.referred.key)
        return [reward for key in keys for reward in self._by_number.get(key, []) if reward.left]

    def _count(self, reward: WouldBe, happening: Happening) -> int:
        if reward.slot.startswith(MILESTONE):
            return happening.confirmed
        return happening.counts.get(reward.happening.type, 0)

    def _still_due(self, reward: WouldBe) -> int:
        """What the reward's own rule gives for what is left of its event, at most what was given."""
        if reward.facts is None:
            return reward.left
        sale, taken = reward.facts.value, self._taken[reward.happening.key]
        if taken is None or (sale and sale.amount <= taken):
            return 0
        facts = replace(reward.facts, value=Value(sale.amount - taken, sale.unit)) if sale else reward.facts
        value = decide(reward.by.rule, facts).value
        return min(value.amount, reward.left) if value and value.unit == reward.unit else 0

    def _reduce(self, reward: WouldBe, to: int) -> None:
        excess = reward.left - to
        if excess <= 0:
            return
        reward.left = to
        self._has_room_come = True
        if reward.pot_key:
            self._pots[reward.pot_key] -= excess
        if to:
            reward.uses = limits_shrink(reward.uses, amount=to, counters=self._counters)
            return
        limits_give_back(reward.uses, counters=self._counters)
        if reward.queue:
            self._counters.waiting[reward.queue] -= 1
        reward.uses, reward.waits, reward.queue, reward.out_on = (), "", "", None


def _as_party(person: Person, segments: frozenset[str], tier: Tier | None) -> Party:
    return Party(
        person.key,
        person.currency,
        segments=segments,
        tier=tier,
        circle_level=person.circle_level,
        relation=person.relation,
        purchases=person.purchases,
    )
