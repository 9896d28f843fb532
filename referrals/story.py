"""The referrals app's own part of a referral's timeline: its events, what the checks noticed, and its mails."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from advocates.models import User
from campaigns.models import OutboundMessage
from config.lib.money import Money, money_words
from referrals.fraud.registry import FRAUD_RULES
from referrals.models import Referral, ReferralEvent
from referrals.timeline import TimelineEntry

Status = Referral.Status

# Type of event: icon, tone, title. Types of other systems stand under their own name.
LOOKS: dict[str, tuple[str, str, StrOrPromise]] = {
    ReferralEvent.CLAIMED: ("user-plus", "", _("Came in")),
    ReferralEvent.REFUND: ("undo-2", "warning", _("Money was given back")),
    ReferralEvent.WON_TAKEN_BACK: ("rotate-ccw", "warning", _("Won was taken back")),
    ReferralEvent.LOST_TAKEN_BACK: ("rotate-ccw", "", _("Lost was taken back")),
    ReferralEvent.REVIEWED: ("shield-check", "", _("A person looked at it")),
    ReferralEvent.OWNER_CHANGED: ("user-check", "", _("Was handed over")),
    ReferralEvent.REASSIGNED: ("users", "", _("Was given to another advocate")),
    ReferralEvent.JOINED: ("link", "", _("What the friend had done before was added")),
    Status.CONTACTED: ("phone-call", "", Status.CONTACTED.label),
    Status.QUALIFIED: ("list-checks", "", Status.QUALIFIED.label),
    Status.LOST: ("circle-x", "danger", Status.LOST.label),
    Status.REJECTED: ("ban", "danger", Status.REJECTED.label),
    Status.EXPIRED: ("hourglass", "", Status.EXPIRED.label),
}
WON = ("handshake", "success", Status.CONVERTED.label)


def events_of(referral: Referral) -> Iterable[TimelineEntry]:
    for event in referral.events.select_related("actor").order_by("recorded_at"):
        icon, tone, title = WON if event.status_to == Status.CONVERTED else _look(event)
        yield TimelineEntry(event.recorded_at, icon, title, _text(event), _who(event.actor, event.source), tone)


def checks_of(referral: Referral) -> Iterable[TimelineEntry]:
    for signal in referral.signals.all():
        rule = FRAUD_RULES.get(signal.rule)
        yield TimelineEntry(
            signal.created_at,
            "shield-alert",
            _("Something was noticed"),
            rule.words if rule else signal.rule,
            _("%(points)s points") % {"points": signal.points},
            "warning",
        )


def mails_of(referral: Referral) -> Iterable[TimelineEntry]:
    """Mails to the friend in this campaign since they came in; subject and state, never the text."""
    mails = OutboundMessage.objects.filter(
        Q(contact=referral.friend_id), campaign=referral.campaign_id, created_at__gte=referral.submitted_at
    )
    for mail in mails.order_by("created_at")[:50]:
        yield TimelineEntry(mail.sent_at or mail.created_at, "mail", mail.subject, mail.get_status_display())


def _look(event: ReferralEvent) -> tuple[str, str, StrOrPromise]:
    return LOOKS.get(event.type, ("activity", "", event.type))


def _text(event: ReferralEvent) -> str:
    parts = [event.reason]
    if event.amount is not None:
        parts.insert(0, money_words(Money(event.amount, event.unit)))
    return "\n".join(part for part in parts if part)


def _who(actor: User | None, source: str) -> str:
    return str(actor) if actor else source
