"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from functools import partial
from typing import Any

from advocates.people import Move, rows_moved, rows_moved_back
from campaigns.models import Enrolment, OutboundMessage, PortalLink, SurveyInvitation, Testimonial

outboundmessage_merge = partial(rows_moved, OutboundMessage, "contact")
outboundmessage_unmerge = partial(rows_moved_back, OutboundMessage, "contact")
portallink_merge = partial(rows_moved, PortalLink, "contact")
portallink_unmerge = partial(rows_moved_back, PortalLink, "contact")
surveyinvitation_merge = partial(rows_moved, SurveyInvitation, "contact")
surveyinvitation_unmerge = partial(rows_moved_back, SurveyInvitation, "contact")
testimonial_merge = partial(rows_moved, Testimonial, "contact")
testimonial_unmerge = partial(rows_moved_back, Testimonial, "contact")
enrolment_unmerge = partial(rows_moved_back, Enrolment, "contact")


def enrolment_merge(move: Move) -> list[Any]:
    """Who is in one campaign twice keeps both codes: the second stays with the stub, and counts for who stays."""
    both = Enrolment.objects.filter(contact=move.kept).values("campaign")
    alone = Enrolment.objects.filter(contact=move.gone).exclude(campaign__in=both)
    return rows_moved(Enrolment, "contact", move, among={"pk__in": list(alone.values_list("pk", flat=True))})
