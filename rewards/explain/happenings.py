"""What happened, and what the rules made of it: events with their evaluation and rewards, read for many at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from advocates.models import Contact, NpsAnswer
from advocates.selectors import display_name
from campaigns.models import Campaign, Enrolment, EnrolmentEvent
from referrals.models import Referral, ReferralEvent
from rewards.explain.steps import LineGroup, step_groups
from rewards.models import Evaluation, Reward, RewardRule
from rewards.standing import standing
from rewards.words import staff_reasons, staff_sentence, trace_words
from rewards.words.lists import amount_words, quoted

REFERRAL_EVENT, ENROLMENT_EVENT, NPS_ANSWER = "referral_event", "enrolment_event", "nps_answer"
LATEST = 30

Row = ReferralEvent | EnrolmentEvent | NpsAnswer

EVENTS: Mapping[str, StrOrPromise] = {
    ReferralEvent.CLAIMED: gettext_lazy("The friend came in"),
    ReferralEvent.CLAIM_REFUSED: gettext_lazy("The friend's claim was refused"),
    ReferralEvent.REFUND: gettext_lazy("Money was given back"),
    ReferralEvent.WON_TAKEN_BACK: gettext_lazy("Won was taken back"),
    ReferralEvent.LOST_TAKEN_BACK: gettext_lazy("Lost was taken back"),
    ReferralEvent.REVIEWED: gettext_lazy("A person looked at the referral"),
    ReferralEvent.OWNER_CHANGED: gettext_lazy("The referral was handed over"),
    ReferralEvent.REASSIGNED: gettext_lazy("The referral was given to another advocate"),
    ReferralEvent.JOINED: gettext_lazy("Earlier events were joined to the referral"),
    Referral.Status.CONTACTED: gettext_lazy("We spoke with the friend"),
    Referral.Status.QUALIFIED: gettext_lazy("The friend turned out to be a good fit"),
    Referral.Status.CONVERTED: gettext_lazy("The friend became a customer"),
    Referral.Status.LOST: gettext_lazy("Sales gave the friend up"),
    Referral.Status.REJECTED: gettext_lazy("The referral was rejected"),
    Referral.Status.EXPIRED: gettext_lazy("The referral expired"),
    "purchase": gettext_lazy("The friend bought something"),
    EnrolmentEvent.Type.ENROLLED: gettext_lazy("Joined the campaign"),
    EnrolmentEvent.Type.SHARED: gettext_lazy("Shared the link"),
    EnrolmentEvent.Type.ASKED: gettext_lazy("Was asked to recommend"),
    EnrolmentEvent.Type.DISABLED: gettext_lazy("The link was switched off"),
    EnrolmentEvent.Type.ENABLED: gettext_lazy("The link was switched on"),
}

# Codes of refusals, as the doors write them down.
REFUSALS: Mapping[str, StrOrPromise] = {
    "self_referral": gettext_lazy("It came over their own link: nobody can recommend us to themselves."),
    "already_referred": gettext_lazy("They had been recommended in this campaign before; that recommendation stands."),
    "existing_customer": gettext_lazy("They were a customer already; the campaign is for people who are new."),
    "campaign_not_open": gettext_lazy("The code belongs to a campaign that took nobody new then."),
    "link_off": gettext_lazy("The code's link was switched off."),
}


@dataclass(frozen=True, slots=True)
class RuleTold:
    """One rule that the event set off. `reward`: what came of it, None for nothing."""

    title: str
    sentence: str
    recipient: str
    label: StrOrPromise
    tone: str
    groups: list[LineGroup]
    reward: Reward | None

    @property
    def reward_words(self) -> str:
        return amount_words(self.reward.amount, self.reward.unit) if self.reward else ""

    @property
    def reward_state(self) -> str:
        """Who gets it, how it stands and since when, and why it waits."""
        if self.reward is None:
            return ""
        told = {
            "who": display_name(self.reward.contact) if self.reward.contact else _("a good cause"),
            "status": self.reward.get_status_display(),
            "day": day(self.reward.fulfilled_at or self.reward.created_at),
        }
        return " ".join([_("for %(who)s. %(status)s, %(day)s.") % told, *staff_reasons(self.reward)])


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what was made of it. `notes`: whole sentences that hold for all of it."""

    row: Row
    title: str
    at: datetime
    campaign: Campaign | None
    friend: Contact | None
    advocate: Contact | None
    amount: str
    rules: list[RuleTold] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_evaluated: bool = True

    @property
    def rewards(self) -> list[Reward]:
        return [rule.reward for rule in self.rules if rule.reward]

    @property
    def outcome(self) -> tuple[StrOrPromise, str]:
        """Label and tone of a pill."""
        if not self.is_evaluated:
            return _("not looked at yet"), "warning"
        if not self.rewards:
            return _("nothing earned"), "neutral"
        waits = all(reward.status == Reward.Status.PENDING for reward in self.rewards)
        return (_("earned, waits"), "warning") if waits else (_("earned"), "success")


def happenings_of(contact: Contact) -> list[Happening]:
    """All that happened to a person, as a friend, as an advocate and without a referral; the newest first."""
    about = Q(contact=contact) | Q(referral__friend=contact) | Q(referral__advocate=contact)
    events = list(_events().filter(about).order_by("-recorded_at", "-pk")[:LATEST])
    steps = EnrolmentEvent.objects.filter(enrolment__contact=contact)
    steps = steps.select_related("enrolment__campaign", "enrolment__contact__details")
    told = [*explain(events), *explain(list(steps.order_by("-occurred_at", "-pk")[:LATEST]))]
    told += explain(list(_answers().filter(contact=contact).order_by("-occurred_at", "-pk")[:LATEST]))
    return sorted(told, key=lambda happening: happening.at, reverse=True)[:LATEST]


def happening_of(public_id: str) -> Happening | None:
    """The event of that public id; None where there is none."""
    event: Any = _events().filter(public_id=public_id).first()
    if event is None:
        steps = EnrolmentEvent.objects.select_related("enrolment__campaign", "enrolment__contact__details")
        event = steps.filter(public_id=public_id).first() or _answers().filter(public_id=public_id).first()
    return explain([event])[0] if event else None


def event_of_evaluation(evaluation: Evaluation) -> Row | None:
    """None for one that is gone, and for what was given by hand."""
    if evaluation.source == REFERRAL_EVENT:
        return ReferralEvent.objects.filter(pk=evaluation.source_id).first()
    if evaluation.source == ENROLMENT_EVENT:
        return EnrolmentEvent.objects.filter(pk=evaluation.source_id).first()
    return NpsAnswer.objects.filter(pk=evaluation.source_id).first() if evaluation.source == NPS_ANSWER else None


def explain(rows: Sequence[Row]) -> list[Happening]:
    """Each of these events, all of one kind, with its evaluation; in as many queries for many as for one."""
    if not rows:
        return []
    source = _source(rows[0])
    evaluations = {
        one.source_id: one for one in Evaluation.objects.filter(source=source, source_id__in=[row.pk for row in rows])
    }
    rewards = _rewards(evaluations.values())
    versions = _versions(evaluations.values(), rows)
    return [_told(row, evaluations.get(row.pk), rewards, versions) for row in rows]


def _events() -> Any:
    return ReferralEvent.objects.select_related(
        "campaign", "contact__details", "referral__campaign", "referral__friend__details", "referral__advocate__details"
    )


def _answers() -> QuerySet[NpsAnswer]:
    """Those that the rules look at: nobody is paid for what a file knows of earlier years."""
    enrolments = Enrolment.objects.select_related("campaign").order_by("enrolled_at", "pk")
    answers = NpsAnswer.objects.exclude(via=NpsAnswer.Via.IMPORT).select_related("contact__details")
    return answers.prefetch_related(Prefetch("contact__enrolments", enrolments))


def _source(row: Row) -> str:
    if isinstance(row, NpsAnswer):
        return NPS_ANSWER
    return REFERRAL_EVENT if isinstance(row, ReferralEvent) else ENROLMENT_EVENT


Rewards = Mapping[tuple[int, str, str], Reward]
Versions = Mapping[tuple[int, str, int], RewardRule]


def _rewards(evaluations: Iterable[Evaluation]) -> Rewards:
    """By evaluation, rule and recipient."""
    rows = Reward.objects.filter(evaluation__in=[one.pk for one in evaluations])
    rows = rows.select_related("contact__details", "campaign", "rule").prefetch_related("rule__limits")
    return {(row.evaluation_id, row.rule_key, row.recipient_kind): row for row in rows}


def _versions(evaluations: Iterable[Evaluation], rows: Sequence[Any]) -> Versions:
    keys = {entry["rule"] for one in evaluations for entry in one.trace if "rule" in entry}
    campaigns = {campaign.pk for row in rows if (campaign := _campaign(row))}
    rules = RewardRule.objects.filter(campaign__in=campaigns, key__in=keys).select_related("campaign", "budget")
    rules = rules.prefetch_related("amounts", "conditions", "limits")
    return {(rule.campaign_id, rule.key, rule.version): rule for rule in rules}


def _campaign(row: Row) -> Campaign | None:
    if isinstance(row, EnrolmentEvent):
        return row.enrolment.campaign
    if isinstance(row, NpsAnswer):
        return _campaign_of_answer(row)
    return row.referral.campaign if row.referral else row.campaign


def _campaign_of_answer(answer: NpsAnswer) -> Campaign | None:
    """That of the newest enrolment when it was told, as the rules have it."""
    at_hand = [one for one in answer.contact.enrolments.all() if one.enrolled_at <= answer.created_at]
    active = [one for one in at_hand if one.status == Enrolment.Status.ACTIVE]
    newest = next(reversed(active or at_hand), None)
    return newest.campaign if newest else None


def _told(row: Row, evaluation: Evaluation | None, rewards: Rewards, versions: Versions) -> Happening:
    advocate, friend = _people(row)
    happening = Happening(
        row=row,
        title=event_title(row),
        at=row.occurred_at,
        campaign=_campaign(row),
        friend=friend,
        advocate=advocate,
        amount=_amount(row),
        is_evaluated=evaluation is not None,
    )
    if evaluation is not None:
        entries = [entry for entry in evaluation.trace if "rule" in entry]
        happening.rules.extend(
            _rule_told(entry, evaluation, happening.campaign, rewards, versions) for entry in entries
        )
    happening.notes.extend(_notes(row, evaluation, happening))
    return happening


def _people(row: Row) -> tuple[Contact | None, Contact | None]:
    """The advocate and the friend."""
    if isinstance(row, EnrolmentEvent):
        return row.enrolment.contact, None
    if isinstance(row, NpsAnswer):
        return row.contact, None
    return (row.referral.advocate, row.referral.friend) if row.referral else (None, row.contact)


def event_title(row: Row) -> str:
    if isinstance(row, NpsAnswer):
        return _("Would recommend us: %(score)s of 10") % {"score": row.score}
    if isinstance(row, ReferralEvent) and row.status_to == Referral.Status.CONVERTED:
        return str(EVENTS[Referral.Status.CONVERTED])
    return str(EVENTS.get(row.type) or _("%(event)s happened") % {"event": quoted(row.type)})


def _amount(row: Row) -> str:
    return amount_words(row.amount, row.unit) if isinstance(row, ReferralEvent) and row.amount is not None else ""


def _rule_told(
    entry: Mapping[str, Any], evaluation: Evaluation, campaign: Campaign | None, rewards: Rewards, versions: Versions
) -> RuleTold:
    rule = versions.get((campaign.pk if campaign else 0, entry["rule"], entry["version"]))
    recipient = entry.get("recipient") or (rule.recipient if rule else "")
    reward = rewards.get((evaluation.pk, entry["rule"], recipient))
    label, tone = _outcome(entry, reward)
    labels: Mapping[str, Any] = dict(RewardRule.Recipient.choices)
    return RuleTold(
        title=_("Rule %(rule)s, version %(version)s") % {"rule": quoted(entry["rule"]), "version": entry["version"]},
        sentence=staff_sentence(rule) if rule else "",
        recipient=str(labels.get(recipient, recipient)),
        label=label,
        tone=tone,
        groups=step_groups(entry["steps"], campaign=campaign),
        reward=reward,
    )


def _outcome(entry: Mapping[str, Any], reward: Reward | None) -> tuple[StrOrPromise, str]:
    if reward is None:
        return (_("pays nothing"), "danger")
    if entry.get("outcome") == "waits" and reward.status == Reward.Status.PENDING:
        return _("pays, and waits"), "warning"
    return _("pays"), "success"


def _notes(row: Row, evaluation: Evaluation | None, told: Happening) -> list[str]:
    notes = _notes_of_event(row) if isinstance(row, ReferralEvent) else []
    if evaluation is None:
        return [
            *notes,
            _("The rules have not looked at this yet: that takes seconds, or until the next round."),
        ]
    loose = [step for entry in evaluation.trace if "rule" not in entry for step in entry["steps"]]
    notes += [trace_words(step, campaign=told.campaign) for step in loose]
    if not told.rules and not loose and not notes:
        notes.append(_("No rule of the campaign asks for this step, so that it earns nothing by itself."))
    return notes


def _notes_of_event(event: ReferralEvent) -> list[str]:
    notes = []
    if event.is_test:
        notes.append(_("These are test data: nothing is paid for them."))
    if code := refusal_code(event):
        notes.append(str(REFUSALS.get(code) or _("It was refused: %(code)s.") % {"code": code}))
    if event.referral is None and event.type not in (ReferralEvent.CLAIM_REFUSED,):
        notes.append(_why_no_referral(event))
    if standing(event).is_gone:
        notes.append(_("It was taken back afterwards, so that nothing is due for it."))
    if event.evidence_for_id:
        notes.append(_("It proves a sale that had been entered before, and is not counted a second time."))
    if event.referral and event.referral.review == Referral.Review.HELD:
        notes.append(_("The referral is to be looked at by a person first; until then its rewards wait."))
    return notes


def refusal_code(event: ReferralEvent) -> str:
    """Why a claim was refused, or why a code that came with an event did not count; empty where neither was."""
    if event.type == ReferralEvent.CLAIM_REFUSED:
        return str(event.metadata.get("code", ""))
    return event.reason if event.referral_id is None and event.reason in REFUSALS else ""


def _why_no_referral(event: ReferralEvent) -> str:
    """An event without a referral earns nothing; was there one that it came too early or too late for?"""
    own = Referral.objects.filter(friend=event.contact_id).order_by("-submitted_at").first()
    if own is None:
        return _("Nobody has recommended this person, so that it counts for nobody.")
    days = {"until": day(own.credit_until), "since": day(own.submitted_at), "advocate": display_name(own.advocate)}
    if event.occurred_at > own.credit_until:
        return _("It came too late: what %(advocate)s brought counted until %(until)s.") % days
    if own.status == Referral.Status.REJECTED:
        return _("The recommendation by %(advocate)s was rejected, so that it counts for nobody.") % days
    return _("It came before the person did: %(advocate)s brought them on %(since)s.") % days


def day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
