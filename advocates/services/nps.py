from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from advocates.errors import BadFact
from advocates.facts import NPS_SCORES
from advocates.models import Contact
from advocates.services.audit import audit


def nps_standing_set(*, contact: Contact, score: int, at: datetime, by: str) -> bool:
    """The latest answer decides how somebody stands; whether this one does. `by`: the survey, key or import it came by.

    Raises BadFact unless the score is a whole number from 0 to 10.
    """
    if type(score) is not int or score not in NPS_SCORES:
        raise BadFact(_("A score is a whole number from 0 to 10."), field="nps_score")
    before = {"score": contact.nps_score}
    with transaction.atomic():
        is_latest = Q(nps_at=None) | Q(nps_at__lte=at)
        stands = bool(Contact.objects.filter(is_latest, pk=contact.pk).update(nps_score=score, nps_at=at))
        if stands:
            audit(verb="nps.answered", row=contact, by=by, before=before, after={"score": score, "at": at})
            contact.nps_score, contact.nps_at = score, at
    return stands
