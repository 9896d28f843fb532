from datetime import datetime

from django.conf import settings
from django.urls import reverse

from advocates.standing import standing
from campaigns.services.messages import message_queue
from rewards.contest_mails import CONTEST_WON
from rewards.models import Contest, ContestWinner


def tell_winners(*, contest: Contest, now: datetime) -> None:
    """One mail for each prize."""
    url = settings.SITE_URL + reverse("rewards:contest", args=[contest.public_id])
    winners = ContestWinner.objects.filter(contest=contest).select_related("entry__contact__merged_into")
    for winner in winners.order_by("rank"):
        message_queue(
            mail=CONTEST_WON.name,
            key=f"contest_won:{contest.public_id}:{winner.rank}",
            values={
                "prize": winner.prize,
                "contest": contest.name,
                "number": str(winner.entry.number),
                "record_url": url,
            },
            contact=standing(winner.entry.contact),
            campaign=contest.campaign,
            now=now,
        )
