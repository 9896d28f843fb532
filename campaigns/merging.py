"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from functools import partial

from advocates.people import nothing_moved_back, rows_moved, rows_moved_back, rows_stay
from campaigns.models import OutboundMessage, PortalLink, SurveyInvitation, Testimonial

outboundmessage_merge = partial(rows_moved, OutboundMessage, "contact")
outboundmessage_unmerge = partial(rows_moved_back, OutboundMessage, "contact")
portallink_merge = partial(rows_moved, PortalLink, "contact")
portallink_unmerge = partial(rows_moved_back, PortalLink, "contact")
surveyinvitation_merge = partial(rows_moved, SurveyInvitation, "contact")
surveyinvitation_unmerge = partial(rows_moved_back, SurveyInvitation, "contact")
testimonial_merge = partial(rows_moved, Testimonial, "contact")
testimonial_unmerge = partial(rows_moved_back, Testimonial, "contact")

enrolment_merge = rows_stay
enrolment_unmerge = nothing_moved_back
