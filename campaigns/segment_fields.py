"""What campaigns add to the questions of segments, and where they rely on one."""

from collections.abc import Callable, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from advocates.models import Segment
from advocates.segments.build import ASKS, REFERRALS, choice_field, days_field, rows_of, rows_since
from advocates.segments.registry import Choice
from advocates.segments.uses import SegmentUse
from campaigns.models import Campaign, Enrolment, EnrolmentEvent, MessageEvent, NpsSurvey


def campaigns() -> Sequence[Choice]:
    return list(Campaign.objects.order_by("name").values_list("public_id", "name"))


def takes_part(public_id: str) -> Q:
    return Q(rows_of(Enrolment.objects.filter(campaign__public_id=public_id)))


def mail_news(kind: str) -> Callable[[], QuerySet[MessageEvent]]:
    return lambda: MessageEvent.objects.filter(kind=kind)


def shares() -> QuerySet[EnrolmentEvent]:
    return EnrolmentEvent.objects.filter(type=EnrolmentEvent.Type.SHARED)


CAMPAIGN_FIELDS = (
    days_field(
        "mail_opened",
        gettext_lazy("Opened a mail"),
        ASKS,
        rows_since(mail_news(MessageEvent.Kind.OPENED), "occurred_at", "message__contact"),
    ),
    days_field(
        "mail_clicked",
        gettext_lazy("Followed a link in a mail"),
        ASKS,
        rows_since(mail_news(MessageEvent.Kind.CLICKED), "occurred_at", "message__contact"),
    ),
    days_field(
        "shared",
        gettext_lazy("Shared their link"),
        ASKS,
        rows_since(shares, "occurred_at", "enrolment__contact"),
    ),
    choice_field("campaign", gettext_lazy("Takes part in the campaign"), REFERRALS, campaigns, takes_part),
)


def segment_uses(segment: Segment) -> list[SegmentUse]:
    """Campaigns that are for its people, and surveys that ask them."""
    used = [
        SegmentUse(_("Campaign"), campaign, campaign.status != Campaign.Status.ENDED)
        for campaign in segment.campaigns.order_by("name")
    ]
    asked = [
        SegmentUse(_("NPS survey"), survey, survey.status != NpsSurvey.Status.ENDED)
        for survey in segment.surveys.order_by("name")
    ]
    return used + asked
