"""What referrals add to the questions of segments."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from advocates.segments.build import REFERRALS, count_within, days_field, flag_field, number_field, rows_of, rows_since
from referrals.models import Referral


def referrals() -> QuerySet[Referral]:
    return Referral.objects.filter(is_test=False)


def won() -> QuerySet[Referral]:
    return referrals().filter(status=Referral.Status.CONVERTED)


def was_referred(_now: datetime) -> Q:
    return Q(rows_of(Referral.objects.all(), "friend"))


REFERRAL_FIELDS = (
    number_field(
        "referrals_given", gettext_lazy("Friends recommended"), REFERRALS, count_within(referrals, "advocate")
    ),
    number_field(
        "referrals_won", gettext_lazy("Friends who became customers"), REFERRALS, count_within(won, "advocate")
    ),
    days_field(
        "referred_lately",
        gettext_lazy("Recommended somebody"),
        REFERRALS,
        rows_since(referrals, "submitted_at", "advocate"),
    ),
    flag_field(
        "was_referred",
        gettext_lazy("Came by a recommendation"),
        REFERRALS,
        (gettext_lazy("came by a recommendation"), gettext_lazy("did not come by a recommendation")),
        was_referred,
    ),
)
