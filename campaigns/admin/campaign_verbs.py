"""What staff do with a campaign: move it on, and ask people for recommendations."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb, staff_of
from advocates.errors import BadEmail
from advocates.models import Contact, Segment
from advocates.services.contacts import ContactRef, contact_find
from campaigns.forms import AskForm, AskSegmentForm, ReasonForm
from campaigns.models import Campaign
from campaigns.services.asks import ASKED_AT_ONCE, AskResult, asks_send, asks_send_to_segment, inner_circle
from campaigns.services.campaigns import campaign_move
from config.lib import clock

Status = Campaign.Status


def move_verb(
    name: str, label: StrOrPromise, to: str, sentence: StrOrPromise, *, icon: str, tone: str = "secondary"
) -> Verb[Campaign]:
    """A verb that moves the campaign, offered where the table has that move."""

    def run(request: HttpRequest, campaign: Campaign, cleaned: dict[str, Any]) -> str:
        campaign_move(campaign=campaign, to=to, actor=staff_of(request), reason=cleaned["reason"], now=clock.now())
        return _("“%(campaign)s” is %(status)s now.") % {
            "campaign": campaign.name,
            "status": Status(to).label,
        }

    return Verb(
        name=name,
        label=label,
        permission="campaigns.change_campaign",
        run=run,
        allowed=lambda campaign: Campaign.MOVES.allows(campaign.status, to),
        form=ReasonForm,
        confirm=lambda campaign: sentence,
        icon=icon,
        tone=tone,
    )


def ask(request: HttpRequest, campaign: Campaign, cleaned: dict[str, Any]) -> str:
    chosen = cleaned["who"] == AskForm.CHOSEN
    people, unknown = _people(cleaned["addresses"]) if chosen else (inner_circle(), 0)
    result = asks_send(campaign=campaign, contacts=people, actor=staff_of(request), now=clock.now())
    return ask_words(result, unknown=unknown)


def ask_segment(request: HttpRequest, campaign: Campaign, cleaned: dict[str, Any]) -> str:
    segment: Segment = cleaned["segment"]
    actor = staff_of(request)
    return ask_words(asks_send_to_segment(campaign=campaign, segment=segment, actor=actor, now=clock.now()))


def ask_segment_sentence(_campaign: Campaign) -> str:
    return _(
        "Asked are those who are in it at that moment, %(most)s at a time, whoever was not asked for longest first. "
        "Whoever was asked within the rest period, has unsubscribed or has an open complaint is left out."
    ) % {"most": ASKED_AT_ONCE}


def ask_words(result: AskResult, *, unknown: int = 0) -> str:
    """How many were asked, and why the others were not."""
    asked = ngettext("One person is asked.", "%(count)s people are asked.", result.asked) % {"count": result.asked}
    left_out = {
        _("asked not long ago: %(count)s"): result.resting,
        _("without an address: %(count)s"): result.without_address,
        _("unsubscribed: %(count)s"): result.suppressed,
        _("no basis to write to them: %(count)s"): result.without_basis,
        _("cannot take part: %(count)s"): result.not_eligible,
        _("link switched off: %(count)s"): result.switched_off,
        _("with an open complaint: %(count)s"): result.complaint,
        _("when you ask again: %(count)s"): result.waiting,
        _("not known here: %(count)s"): unknown,
    }
    others = ", ".join(words % {"count": count} for words, count in left_out.items() if count)
    return f"{asked} {_('Left out: %(others)s.') % {'others': others}}" if others else asked


def ask_sentence(campaign: Campaign) -> str:
    members = inner_circle().count()
    return ngettext(
        "There is one person in the inner circle. Whoever was asked within the rest period is left out.",
        "There are %(count)s people in the inner circle. Whoever was asked within the rest period is left out.",
        members,
    ) % {"count": members}


def _people(addresses: list[str]) -> tuple[list[Contact], int]:
    """The contacts behind these addresses, each once, and how many addresses are nobody's."""
    found: dict[int, Contact] = {}
    unknown = 0
    for address in addresses:
        try:
            contact = contact_find(ref=ContactRef(email=address), source="")
        except BadEmail:
            contact = None
        if contact:
            found[contact.pk] = contact
        else:
            unknown += 1
    return list(found.values()), unknown


CAMPAIGN_VERBS = (
    move_verb(
        "activate",
        gettext_lazy("Activate"),
        Status.ACTIVE,
        gettext_lazy("Its links work from now on, friends can come, and what the rules promise is promised."),
        icon="play",
        tone="primary",
    ),
    move_verb(
        "schedule",
        gettext_lazy("Schedule"),
        Status.SCHEDULED,
        gettext_lazy("It starts by itself at the time that stands under “starts”."),
        icon="calendar-check",
    ),
    move_verb(
        "pause",
        gettext_lazy("Pause"),
        Status.PAUSED,
        gettext_lazy("Nobody new can join or come by a link. Friends who are here go on, and every reward is kept."),
        icon="pause",
    ),
    move_verb(
        "end",
        gettext_lazy("End"),
        Status.ENDED,
        gettext_lazy("Nobody new, for good. Friends who are here can still buy, and every reward is kept."),
        icon="flag",
        tone="danger",
    ),
    Verb(
        name="ask",
        label=gettext_lazy("Ask the inner circle"),
        permission="campaigns.change_campaign",
        run=ask,
        allowed=lambda campaign: campaign.status == Status.ACTIVE,
        form=AskForm,
        confirm=ask_sentence,
        icon="orbit",
        tone="primary",
    ),
    Verb(
        name="ask-segment",
        label=gettext_lazy("Ask a segment"),
        permission="campaigns.change_campaign",
        run=ask_segment,
        allowed=lambda campaign: campaign.status == Status.ACTIVE and Segment.objects.filter(is_active=True).exists(),
        form=AskSegmentForm,
        confirm=ask_segment_sentence,
        icon="users",
        tone="primary",
    ),
)
