"""What becomes of this app's rows when two contacts turn out to be one person, and when they are told apart again."""

from advocates.people import nothing_moved_back, rows_stay

referral_merge = rows_stay
referral_unmerge = nothing_moved_back
referralevent_merge = rows_stay
referralevent_unmerge = nothing_moved_back
