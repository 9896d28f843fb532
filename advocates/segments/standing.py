"""What can be asked about how satisfied somebody is, and how near they stand to us."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from advocates.models import CircleChoice, CircleLevel, Contact, Moment
from advocates.models.moment import MomentKind
from advocates.segments.build import (
    CIRCLE,
    SATISFACTION,
    UNKNOWN,
    choice_field,
    column_since,
    column_within,
    days_field,
    flag_field,
    number_field,
    rows_of,
    rows_since,
)
from advocates.segments.people import day_words
from advocates.segments.registry import Choice, SegmentField
from advocates.selectors import open_complaints

# An answer older than this is said to be old wherever it is shown.
ANSWER_IS_OLD = timedelta(days=365)
NOBODY_DECIDED = "none"


def standings() -> Sequence[Choice]:
    return [
        ("promoter", _("promoter (9 or 10)")),
        ("passive", _("passive (7 or 8)")),
        ("detractor", _("detractor (0 to 6)")),
        (UNKNOWN, _("not known")),
    ]


def stands(standing: str) -> Q:
    return {
        "promoter": Q(nps_score__gte=Contact.PROMOTER_FROM),
        "passive": Q(nps_score__gte=Contact.PASSIVE_FROM, nps_score__lt=Contact.PROMOTER_FROM),
        "detractor": Q(nps_score__lt=Contact.PASSIVE_FROM),
        UNKNOWN: Q(nps_score__isnull=True),
    }[standing]


def answer_words(contact: Contact) -> str:
    if contact.nps_score is None or contact.nps_at is None:
        return _("never answered")
    return _("%(score)s of 10, answered on %(day)s") % {"score": contact.nps_score, "day": date_format(contact.nps_at)}


def decisions() -> Sequence[Choice]:
    return [*CircleChoice.Status.choices, (NOBODY_DECIDED, _("nobody has decided"))]


def decided(status: str) -> Q:
    if status == NOBODY_DECIDED:
        return ~Q(rows_of(CircleChoice.objects.all()))
    return Q(rows_of(CircleChoice.objects.filter(status=status)))


def levels() -> Sequence[Choice]:
    return [(str(pk), name) for pk, name in CircleLevel.objects.order_by("rank").values_list("pk", "name")]


def on_level(pk: str) -> Q:
    return Q(rows_of(CircleChoice.objects.filter(level_id=int(pk))))


def decision_words(contact: Contact) -> str:
    choice = getattr(contact, "circle", None)
    return choice.get_status_display() if choice else _("nobody has decided")


def is_old(now: datetime) -> Q:
    return Q(nps_at__lt=now - ANSWER_IS_OLD)


def moment_field(kind: MomentKind) -> SegmentField:
    """One field for each kind, so that a line reads *Praised us: in the last 30 days*."""

    def rows() -> QuerySet[Moment]:
        return Moment.objects.filter(kind=kind)

    return days_field(f"moment_{kind.value}", MOMENT_LABELS[kind], SATISFACTION, rows_since(rows, "occurred_at"))


MOMENT_LABELS = {
    Moment.Kind.PURCHASE: gettext_lazy("Moment: bought"),
    Moment.Kind.ISSUE_RESOLVED: gettext_lazy("Moment: a problem was solved"),
    Moment.Kind.POSITIVE_FEEDBACK: gettext_lazy("Moment: praised us"),
    Moment.Kind.PUBLIC_PRAISE: gettext_lazy("Moment: praised us in public"),
    Moment.Kind.MILESTONE: gettext_lazy("Moment: reached a milestone"),
    Moment.Kind.IMPLEMENTATION_DONE: gettext_lazy("Moment: everything was set up"),
    Moment.Kind.TESTIMONIAL: gettext_lazy("Moment: gave a testimonial"),
    Moment.Kind.COMPLAINT: gettext_lazy("Moment: complained"),
}

STANDING_FIELDS = (
    choice_field("nps", gettext_lazy("NPS"), SATISFACTION, standings, stands, answer_words),
    number_field(
        "nps_score",
        gettext_lazy("NPS score, 0 to 10"),
        SATISFACTION,
        column_within("nps_score"),
        answer_words,
    ),
    days_field(
        "nps_answered", gettext_lazy("Latest NPS answer"), SATISFACTION, column_since("nps_at"), day_words("nps_at")
    ),
    flag_field(
        "nps_old",
        gettext_lazy("NPS answer is old"),
        SATISFACTION,
        (
            gettext_lazy("NPS answer is more than a year old"),
            gettext_lazy("NPS answer is not older than a year, or there is none"),
        ),
        is_old,
    ),
    flag_field(
        "open_complaint",
        gettext_lazy("Open complaint"),
        SATISFACTION,
        (gettext_lazy("has an open complaint"), gettext_lazy("has no open complaint")),
        lambda _now: Q(rows_of(open_complaints())),
    ),
    *(moment_field(kind) for kind in MOMENT_LABELS),
    choice_field("circle", gettext_lazy("Decision about the inner circle"), CIRCLE, decisions, decided, decision_words),
    choice_field("circle_level", gettext_lazy("Level in the inner circle"), CIRCLE, levels, on_level),
)
