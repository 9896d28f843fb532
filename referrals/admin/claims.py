"""Claims of advocates: what speaks for each, by when we promised an answer, and the two answers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy as _lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, page_url, pill, staff_of
from advocates.admin.detail import DetailAdmin, fact, note, step
from advocates.forms import ReasonForm
from advocates.selectors import display_name
from config.lib import clock
from referrals.claim_words import REFUSALS, answer_words, fact_speaks, fact_words
from referrals.models import Claim, Referral
from referrals.services.claim_evidence import evidence_gather
from referrals.services.claims import claim_decline, claim_grant
from referrals.services.referrals import REASSIGN_STAKES

CHANGE = "referrals.change_claim"
Status = Claim.Status


class DeclineForm(ReasonForm):
    answer = forms.ChoiceField(
        label=_lazy("What the advocate reads"),
        choices=REFUSALS,
        help_text=_lazy("They get it as a sentence. It says nothing about the friend."),
    )
    field_order = ("answer", "reason")


class OpenFilter(admin.SimpleListFilter):
    title = _lazy("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", _lazy("late"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        late = queryset.filter(status=Status.OPEN, decide_by__lt=clock.now())
        return late if self.value() == "late" else queryset


def confirm_grant(claim: Claim) -> str:
    names = {"advocate": display_name(claim.enrolment.contact), "friend": display_name(claim.friend)}
    earlier = _rival(claim)
    if earlier is None:
        return _("%(friend)s becomes a referral of %(advocate)s, who is told by mail.") % names
    sentence = _("The credit for %(friend)s goes from %(rival)s to %(advocate)s, who is told by mail.") % (
        names | {"rival": display_name(earlier.advocate)}
    )
    stakes = [stake(earlier) for stake in REASSIGN_STAKES]
    return " ".join([sentence, *(stake for stake in stakes if stake)])


def grant(request: HttpRequest, claim: Claim, cleaned: dict[str, Any]) -> str:
    claim_grant(claim=claim, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
    return _("Granted. %(advocate)s is told by mail.") % {"advocate": display_name(claim.enrolment.contact)}


def decline(request: HttpRequest, claim: Claim, cleaned: dict[str, Any]) -> str:
    claim_decline(
        claim=claim, actor=staff_of(request), answer=cleaned["answer"], reason=cleaned["reason"], now=clock.now()
    )
    return _("Declined. %(advocate)s is told by mail.") % {"advocate": display_name(claim.enrolment.contact)}


GRANT: Verb[Claim] = Verb(
    name="grant",
    label=_lazy("Grant it"),
    permission=CHANGE,
    run=grant,
    allowed=lambda claim: claim.status == Status.OPEN,
    form=ReasonForm,
    confirm=confirm_grant,
    tone="primary",
    icon="circle-check",
)
DECLINE: Verb[Claim] = Verb(
    name="decline",
    label=_lazy("Decline it"),
    permission=CHANGE,
    run=decline,
    allowed=lambda claim: claim.status == Status.OPEN,
    form=DeclineForm,
    confirm=lambda claim: _("The advocate is told by mail, in the sentence that you choose. Why stays in the house."),
    tone="danger",
    icon="ban",
)


@admin.register(Claim)
class ClaimAdmin(DetailAdmin[Claim], ReadOnlyAdmin[Claim]):
    list_display = ("advocate", "about", "campaign", "state", "due", "decided_by")
    list_filter = ("status", OpenFilter)
    list_select_related = ("enrolment__contact__details", "enrolment__campaign", "friend__details", "decided_by")
    search_fields = ("public_id", "enrolment__contact__details__name", "friend__details__name")
    search_help_text = _lazy("Name of the advocate or of the friend")
    ordering = ("-claimed_at",)
    change_form_template = "admin/referrals/claim/detail.html"
    verbs = (GRANT, DECLINE)
    tones = {Status.OPEN: "warm", Status.GRANTED: "success"}

    @admin.display(description=_lazy("advocate"), ordering="enrolment__contact__details__name")
    def advocate(self, claim: Claim) -> str:
        return display_name(claim.enrolment.contact)

    @admin.display(description=_lazy("friend"), ordering="friend__details__name")
    def about(self, claim: Claim) -> str:
        return display_name(claim.friend)

    @admin.display(description=_lazy("campaign"), ordering="enrolment__campaign__name")
    def campaign(self, claim: Claim) -> str:
        return claim.enrolment.campaign.name

    @admin.display(description=_lazy("to be decided by"), ordering="decide_by")
    def due(self, claim: Claim) -> SafeString | str:
        words = date_format(localtime(claim.decide_by), "DATETIME_FORMAT")
        is_late = claim.status == Status.OPEN and claim.decide_by < clock.now()
        return pill(_("late, was due %(when)s") % {"when": words}, "danger") if is_late else words

    def detail(self, request: HttpRequest, claim: Claim) -> dict[str, Any]:
        return {
            "title": _("%(advocate)s claims %(friend)s")
            % {"advocate": display_name(claim.enrolment.contact), "friend": display_name(claim.friend)},
            "subtitle": claim.enrolment.campaign.name,
            "status": self.status(claim),
            "notes": _notes(claim),
            "facts": _facts(claim),
            "timeline": _story(claim),
        }

    def sections(self, request: HttpRequest, claim: Claim) -> dict[str, Any]:
        """An open claim is looked at as things stand now, a decided one as they stood then."""
        is_open = claim.status == Status.OPEN
        evidence = evidence_gather(claim=claim, now=clock.now()) if is_open else claim.evidence
        return {
            "evidence": [{"words": fact_words(found), "speaks": fact_speaks(found)} for found in evidence],
            "said": claim.note,
        }


def _rival(claim: Claim) -> Referral | None:
    """The recommendation that stands in the way, of somebody else."""
    rows = Referral.objects.filter(campaign=claim.enrolment.campaign_id, friend=claim.friend_id)
    return rows.exclude(enrolment=claim.enrolment_id).select_related("advocate__details").first()


def _notes(claim: Claim) -> list[dict[str, Any]]:
    if claim.status != Status.OPEN:
        return [note(_("The advocate read: %(answer)s") % {"answer": answer_words(claim)})]
    when = date_format(localtime(claim.decide_by), "DATETIME_FORMAT")
    if claim.decide_by < clock.now():
        return [note(_("We promised an answer by %(when)s. It is late.") % {"when": when}, tone="danger")]
    return [note(_("We promised an answer by %(when)s.") % {"when": when})]


def _facts(claim: Claim) -> list[dict[str, Any]]:
    contact = claim.enrolment.contact
    facts = [
        fact(_("Advocate"), display_name(contact), url=page_url(contact)),
        fact(_("Friend"), display_name(claim.friend), url=page_url(claim.friend)),
        fact(_("Campaign"), claim.enrolment.campaign.name),
        fact(_("Number"), claim.public_id),
    ]
    if claim.referral:
        facts.append(fact(_("Referral"), claim.referral.public_id, url=page_url(claim.referral)))
    return facts


def _story(claim: Claim) -> list[dict[str, Any]]:
    """The newest step first."""
    steps = [step(claim.claimed_at, _("Claimed"), icon="message-square", who=display_name(claim.enrolment.contact))]
    if claim.decided_at:
        is_granted = claim.status == Status.GRANTED
        decided = step(
            claim.decided_at,
            claim.get_status_display(),
            icon="circle-check" if is_granted else "ban",
            tone="success" if is_granted else "danger",
            text=claim.reason,
            who=str(claim.decided_by or ""),
        )
        steps.insert(0, decided)
    return steps
