from datetime import timedelta

from advocates.jobs import Job
from campaigns.services.campaigns import campaigns_turn
from campaigns.services.delivery import messages_send
from campaigns.services.idempotency import answers_purge
from campaigns.services.portal import portal_links_purge
from campaigns.services.surveys import surveys_send

CAMPAIGN_JOBS = (
    Job(
        name="messages_send",
        run=messages_send,
        every=timedelta(seconds=30),
        comment="Each mail also rings when it is written; this finds the ones whose ring was lost.",
    ),
    Job(
        name="campaigns_turn",
        run=campaigns_turn,
        every=timedelta(minutes=5),
        comment="Starts and ends campaigns by their dates; links look at the dates themselves meanwhile.",
    ),
    Job(
        name="answers_purge",
        run=answers_purge,
        every=timedelta(hours=1),
        comment="Answers to the API are kept for 72 hours and may hold personal data.",
    ),
    Job(
        name="surveys_send",
        run=surveys_send,
        every=timedelta(hours=1),
        comment="Asks who is due, within each survey's daily limit. Late asks later; nobody is asked twice.",
    ),
    Job(
        name="portal_links_purge",
        run=portal_links_purge,
        every=timedelta(hours=24),
        comment="Sign-in links that ran out a week ago.",
    ),
)
