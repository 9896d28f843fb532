"""What the demo's customers say: answers to a survey, moments, a complaint, two testimonials."""

from datetime import datetime, timedelta

from django.db import transaction

from advocates.models import Contact, Moment, NpsAnswer
from advocates.services.moments import complaint_open, moment_record
from advocates.services.nps import nps_of_facts
from campaigns.models import NpsSurvey, SurveyInvitation, Testimonial
from campaigns.services.surveys import survey_answer, survey_ask, survey_end, survey_start
from campaigns.services.testimonials import testimonial_publish, testimonial_submit
from config.demo.story import customer, deliver_mails
from config.demo.surroundings import SOURCE, staff_member

Kind = Moment.Kind
SURVEY, NEXT_SURVEY = "Autumn survey", "Once a year"

# Who was asked, and what they said; nothing: no answer yet.
ANSWERS = {
    "D-1012": (9, "You know my name when I call. That is rare."),
    "D-1013": (3, "The last two parcels came late, and nobody wrote to me."),
    "D-1014": (8, ""),
    "D-1015": (10, "Fresh every time. My whole office drinks it now."),
    "D-1017": (6, "Good coffee, but the invoices are a riddle."),
    "D-1019": None,
    "D-1020": None,
}
MOMENTS = (
    ("D-1001", Kind.PUBLIC_PRAISE, 40, "Five stars and a photo of her kitchen."),
    ("D-1006", Kind.MILESTONE, 25, "Twelfth order."),
    ("D-1007", Kind.IMPLEMENTATION_DONE, 90, "Two machines stand in the office."),
    ("D-1008", Kind.ISSUE_RESOLVED, 12, "Got a new grinder within two days."),
)
WORDS = (
    (
        "D-1006",
        "I ordered once to be polite to a friend. That was twelve orders ago.",
        "Omar D.",
        "Washington",
        "en",
        ("website", "mails"),
    ),
    (
        "D-1001",
        "Der beste Kaffee, den ich zu Hause je hatte, und wenn etwas fehlt, ruft jemand zurück.",
        "Lena V.",
        "Berlin",
        "de",
        ("website", "social"),
    ),
)


def let_them_speak(*, now: datetime) -> None:
    """A second time adds nothing."""
    if NpsSurvey.objects.exists():
        return
    for contact in Contact.objects.exclude(nps_at=None).order_by("pk"):
        nps_of_facts(contact=contact, score=contact.nps_score or 0, at=contact.nps_at or now, source=SOURCE)
    # As one step: a worker that runs meanwhile would take mails of nine days ago for abandoned ones.
    with transaction.atomic():
        survey_people(now=now - timedelta(days=9))
    NpsSurvey.objects.create(name=NEXT_SURVEY, repeat_after_days=365, created_by=staff_member("marketing"))
    tell_moments(now=now)
    publish_words(now=now - timedelta(days=3))
    deliver_mails(now=now)


def survey_people(*, now: datetime) -> None:
    marketing = staff_member("marketing")
    survey = NpsSurvey.objects.create(name=SURVEY, created_by=marketing)
    survey_start(survey=survey, actor=marketing, now=now)
    asked = {number: customer(number) for number in ANSWERS}
    for contact in asked.values():
        survey_ask(survey=survey, contact=contact, now=now)
    deliver_mails(now=now)
    for place, (number, said) in enumerate(ANSWERS.items()):
        invitation = SurveyInvitation.objects.filter(contact=asked[number]).first()
        if said and invitation:
            at = now + timedelta(hours=5 * place + 2)
            survey_answer(invitation=invitation, score=said[0], comment=said[1], now=at)
    survey_end(survey=survey, actor=marketing, now=now + timedelta(days=8))


def tell_moments(*, now: datetime) -> None:
    for number, kind, days, note in MOMENTS:
        moment_record(
            contact=customer(number),
            kind=kind,
            source=SOURCE,
            event_id=f"{number}-{kind}",
            occurred_at=now - timedelta(days=days),
            note=note,
            now=now,
        )
    unhappy = NpsAnswer.objects.to_answer().order_by("score").first()
    if unhappy:
        note = "Called: two parcels late. Logistics looks into it."
        complaint_open(contact=unhappy.contact, note=note, actor=staff_member("support"), now=now - timedelta(days=2))


def publish_words(*, now: datetime) -> None:
    """The first is published, the second waits for whoever tries the demo."""
    for number, text, name, town, language, places in WORDS:
        testimonial_submit(
            contact=customer(number),
            text=text,
            shown_name=name,
            shown_company=town,
            places=places,
            language=language,
            consent_version="testimonial-1",
            consent_text="I agree that Fernway Coffee publishes these words.",
            now=now,
        )
    first = Testimonial.objects.order_by("pk")[0]
    testimonial_publish(testimonial=first, actor=staff_member("marketing"), campaign=None, now=now)
