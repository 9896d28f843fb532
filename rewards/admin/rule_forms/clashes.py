"""What cannot be said together, beside the field that would have to give way. The tables are those of the registry."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from config.lib.units import PERCENT, is_currency, unit_get
from rewards.admin.rule_forms.choices import Offered
from rewards.admin.rule_forms.fields import Problems
from rewards.admin.rule_forms.lines import ConditionLine, LimitLine
from rewards.admin.rule_forms.texts import Wrong
from rewards.rules.benefits import BENEFITS
from rewards.rules.calculators import CALCULATORS
from rewards.rules.conditions import CONDITIONS
from rewards.rules.registry import (
    CALCULATORS_OF_PERCENT,
    EVENT,
    KNOWN,
    MEASURE_NEEDS,
    NO_TRIGGERS,
    ONCE_NEEDS,
    PER_NEEDS,
    RECIPIENT_NEEDS,
    RELEASE_NEEDS,
    may_serve,
    units_refused,
)
from rewards.services.rule_drafts import ConditionDraft, RuleDraft
from rewards.services.rule_names import names_problems
from rewards.services.rule_problems import NONSENSE


def known_by(trigger: str) -> frozenset[str]:
    """What is known when this happens."""
    return KNOWN.get(trigger, EVENT)


def head_clashes(draft: RuleDraft, units: list[str]) -> Problems:
    """Between trigger, recipient, reward and the way to reckon. `units`: what the amounts are stated in."""
    problems: Problems = {}
    known = known_by(draft.trigger)
    if draft.trigger in NO_TRIGGERS:
        problems["trigger"] = _nonsense("trigger_undoes")
    problems |= _unknown("recipient", RECIPIENT_NEEDS.get(draft.recipient, ()), known)
    if draft.benefit in BENEFITS and draft.recipient not in BENEFITS[draft.benefit].recipients:
        problems["recipient"] = _nonsense("recipient_unfit")
    problems |= _unknown("once_per", ONCE_NEEDS.get(draft.once_per, ()), known)
    problems |= _unknown("release_on", RELEASE_NEEDS if draft.release_on else (), known)
    if refused := units_refused(draft.benefit, draft.amounts, draft.benefit_settings):
        problems["amounts"] = Wrong(_("This reward cannot be given in %(units)s.") % {"units": ", ".join(refused)})
    calculator = CALCULATORS.get(draft.calculator)
    if calculator is None:
        return problems
    problems |= _unknown("calculator", calculator.needs, known)
    if not may_serve(draft.calculator, draft.benefit):
        problems["calculator"] = Wrong(_("This way to reckon does not fit this reward. Choose another."))
    elif PERCENT in units and draft.calculator not in CALCULATORS_OF_PERCENT:
        problems["calculator"] = _nonsense("percent_unfit")
    if draft.once_per and calculator.has_slot:
        problems["once_per"] = _nonsense("once_by_itself")
    return problems


def condition_clashes(line: ConditionLine, condition: ConditionDraft, trigger: str, offered: Offered) -> Problems:
    """With the trigger, and with what is there to be named."""
    if unknown := _unknown(f"kind-{line.number}", CONDITIONS[condition.kind].needs, known_by(trigger)):
        return unknown
    alone = RuleDraft(key="", trigger=trigger, recipient="", benefit="", conditions=[condition])
    problems = names_problems(alone, offered.campaign)
    return {line.first_field: Wrong(problems[0])} if problems else {}


def limit_clashes(line: LimitLine, trigger: str, units: Iterable[str]) -> Problems:
    name = f"value-{line.number}"
    if (line.measure, line.per) == ("friends", "friend"):
        return {name: _nonsense("friends_per_friend")}
    if line.measure == "amount" and PERCENT in units:
        return {name: _nonsense("percent_limited")}
    if line.measure == "amount" and len({unit_get(unit).scale for unit in units if is_currency(unit)}) > 1:
        text = _("The currencies of this rule have different decimals: limit the number of rewards instead.")
        return {name: Wrong(text)}
    needs = [*PER_NEEDS.get(line.per, ()), *MEASURE_NEEDS.get(line.measure, ())]
    return _unknown(name, needs, known_by(trigger))


def _unknown(name: str, needs: Iterable[str], known: frozenset[str]) -> Problems:
    missing = next((fact for fact in needs if fact not in known), "")
    return {name: _nonsense(f"no_{missing}")} if missing else {}


def _nonsense(code: str) -> Wrong:
    return Wrong(str(NONSENSE[code]))
