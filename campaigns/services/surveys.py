"""A survey is an ask like any other: who rests, unsubscribed, gave no basis or still waits for us is not asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from advocates.errors import EventIdReused
from advocates.models import Consent, Contact, ContactKey, NpsAnswer, Suppression, User
from advocates.selectors import contact_email, may_contact, suppressed_among, without_open_complaint
from advocates.services.audit import audit
from advocates.services.nps import nps_change, nps_record
from campaigns.errors import CampaignNotReady, SurveyClosed
from campaigns.models import NpsSurvey, SurveyInvitation
from campaigns.selectors import company, survey_url
from campaigns.services.messages import message_queue
from config.lib.states import move

Status = NpsSurvey.Status
SOURCE = "survey"
CHUNK = 200
DAY = timedelta(days=1)
# A mail is found in the inbox after a holiday; an opinion of last season is not asked for again by an old link.
ANSWER_WITHIN = timedelta(days=60)
CHANGE_WITHIN = timedelta(days=30)
MAIL_OF_NO_USE_AFTER = timedelta(days=7)


# --- what staff decide ---


def survey_start(*, survey: NpsSurvey, actor: User, now: datetime) -> NpsSurvey:
    """Begin to ask, or begin again. Raises CampaignNotReady (no postal address), NotAllowed, Stale."""
    if not company().postal_address.strip():
        missing = _("The company page has no postal address: the law asks for one in the foot of every mail.")
        raise CampaignNotReady(missing, reasons=[missing])
    return _move(survey, Status.ACTIVE, actor, now)


def survey_end(*, survey: NpsSurvey, actor: User, now: datetime) -> NpsSurvey:
    """Ask nobody any more; links that are out go on to work. Raises NotAllowed, Stale."""
    return _move(survey, Status.ENDED, actor, now)


def _move(survey: NpsSurvey, to: str, actor: User, now: datetime) -> NpsSurvey:
    with transaction.atomic():
        before = move(survey, to=to, table=NpsSurvey.MOVES)
        after = {"status": to, "at": now}
        audit(verb="survey.moved", row=survey, actor=actor, before={"status": before}, after=after)
    return survey


# --- asking ---


def surveys_send(now: datetime) -> dict[str, int]:
    """Ask who is due, of each running survey as many as its daily limit leaves: how many were asked."""
    counts = [_survey_send(survey, now) for survey in NpsSurvey.objects.filter(status=Status.ACTIVE).order_by("pk")]
    return {"asked": sum(counts)}


def due_people(survey: NpsSurvey, *, now: datetime) -> QuerySet[Contact]:
    """Whom the survey would ask now, before suppression and consent are looked at one by one."""
    since = now - timedelta(days=survey.repeat_after_days)
    asked = SurveyInvitation.objects.filter(contact=OuterRef("pk"), invited_at__gt=since)
    mailable = ContactKey.objects.filter(contact=OuterRef("pk"), kind=ContactKey.Kind.EMAIL)
    living = Contact.objects.living()
    people = living.filter(segments__segment=survey.segment_id) if survey.segment_id else living.customers()
    people = people.filter(_rested(now), Q(nps_at=None) | Q(nps_at__lte=since))
    return without_open_complaint(people.filter(Exists(mailable), ~Exists(asked)))


def _rested(now: datetime) -> Q:
    return Q(last_asked_at=None) | Q(last_asked_at__lte=now - timedelta(days=company().ask_rest_days))


def _survey_send(survey: NpsSurvey, now: datetime) -> int:
    asked_today = survey.invitations.filter(invited_at__gt=now - DAY).count()
    left = survey.daily_limit - asked_today
    asked = 0
    for contact in _askable(survey, now):
        if asked >= left:
            break
        asked += survey_ask(survey=survey, contact=contact, now=now)
    return asked


def _askable(survey: NpsSurvey, now: datetime) -> Iterator[Contact]:
    people = due_people(survey, now=now).select_related("details").prefetch_related("keys").order_by("pk")
    found = people.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        held = suppressed_among([contact_email(contact) for contact in chunk], scope=Suppression.Scope.ASKS)
        for contact in chunk:
            if contact_email(contact) not in held and may_contact(contact, Consent.Channel.EMAIL).allowed:
                yield contact


def survey_ask(*, survey: NpsSurvey, contact: Contact, now: datetime) -> bool:
    """Ask one person, unless they rest: their own row is the judge, so that no two askers reach them at once."""
    with transaction.atomic():
        if not Contact.objects.filter(_rested(now), pk=contact.pk, erased_at=None).update(last_asked_at=now):
            return False
        invitation = SurveyInvitation.objects.create(survey=survey, contact=contact, invited_at=now)
        message_queue(
            mail="nps_survey",
            key=f"survey:{invitation.public_id}",
            values={"survey_url": survey_url(invitation)},
            contact=contact,
            now=now,
            expires_at=now + MAIL_OF_NO_USE_AFTER,
        )
    return True


# --- answering ---


@dataclass(frozen=True, slots=True)
class Answered:
    answer: NpsAnswer
    contact: Contact


def is_answerable(invitation: SurveyInvitation, *, now: datetime) -> bool:
    """For 60 days after the mail; once answered, it can be changed for 30 days."""
    if invitation.contact.erased_at:
        return False
    if invitation.answered_at:
        return now <= invitation.answered_at + CHANGE_WITHIN
    return now <= invitation.invited_at + ANSWER_WITHIN


def survey_answer(*, invitation: SurveyInvitation, score: int, comment: str, now: datetime) -> Answered:
    """Keep what the person says; said again within 30 days, it is the same answer changed.

    Raises SurveyClosed, BadScore, BadFact and Stale.
    """
    if not is_answerable(invitation, now=now):
        raise SurveyClosed
    contact = standing_contact(invitation)
    with transaction.atomic():
        answer = _answer(invitation, contact, score, comment, now)
        SurveyInvitation.objects.filter(pk=invitation.pk, answered_at=None).update(answer=answer, answered_at=now)
    return Answered(answer, contact)


def _answer(invitation: SurveyInvitation, contact: Contact, score: int, comment: str, now: datetime) -> NpsAnswer:
    try:
        answer, _is_new = nps_record(
            contact=contact,
            score=score,
            comment=comment,
            via=NpsAnswer.Via.SURVEY,
            source=SOURCE,
            event_id=invitation.public_id,
            occurred_at=now,
            now=now,
        )
    except EventIdReused:  # they have answered before, and think otherwise today
        said = NpsAnswer.objects.select_related("contact").get(source=SOURCE, event_id=invitation.public_id)
        return nps_change(answer=said, score=score, comment=comment, now=now)
    return answer


def standing_contact(invitation: SurveyInvitation) -> Contact:
    """Whoever the asked person is today, after merges."""
    contact = invitation.contact
    while contact.merged_into:
        contact = contact.merged_into
    return contact
