"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from functools import partial

from advocates.models import (
    Consent,
    ContactKey,
    Moment,
    NpsAnswer,
    Purchase,
    SegmentEvent,
    User,
)
from advocates.people import nothing_moved_back, rows_moved, rows_moved_back, rows_stay

contactkey_merge = partial(rows_moved, ContactKey, "contact")
contactkey_unmerge = partial(rows_moved_back, ContactKey, "contact")
consent_merge = partial(rows_moved, Consent, "contact")
consent_unmerge = partial(rows_moved_back, Consent, "contact")
purchase_merge = partial(rows_moved, Purchase, "contact")
purchase_unmerge = partial(rows_moved_back, Purchase, "contact")
moment_merge = partial(rows_moved, Moment, "contact")
moment_unmerge = partial(rows_moved_back, Moment, "contact")
npsanswer_merge = partial(rows_moved, NpsAnswer, "contact")
npsanswer_unmerge = partial(rows_moved_back, NpsAnswer, "contact")
segmentevent_merge = partial(rows_moved, SegmentEvent, "contact")
segmentevent_unmerge = partial(rows_moved_back, SegmentEvent, "contact")
user_merge = partial(rows_moved, User, "contact")
user_unmerge = partial(rows_moved_back, User, "contact")

contactdetails_merge = rows_stay
contactdetails_unmerge = nothing_moved_back
circlechoice_merge = rows_stay
circlechoice_unmerge = nothing_moved_back
circlesuggestion_merge = rows_stay
circlesuggestion_unmerge = nothing_moved_back
segmentmember_merge = rows_stay
segmentmember_unmerge = nothing_moved_back
