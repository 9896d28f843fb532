"""What an advocate did by themselves: enrolled, shared, answered how likely they are to recommend us."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from advocates.models import NpsAnswer
from advocates.standing import standing as contact_standing
from campaigns.models import Enrolment, EnrolmentEvent
from campaigns.selectors import company
from rewards.rules.facts import Facts
from rewards.triggers.occasion import Occasion, book_stamp, drawn, house_currency, local_date, parties_of, people_now

NPS_ANSWERED = "nps_answered"
NEIGHBOURS = ("enrolment__campaign__rule_book", "enrolment__contact__merged_into")


def enrolment_event_load(pk: int) -> Occasion:
    events = EnrolmentEvent.objects.select_related(*NEIGHBOURS).annotate(house_currency=house_currency())
    event = events.get(pk=pk)
    return _occasion(
        event.enrolment,
        key=event.public_id,
        type=event.type,
        metadata={"channel": event.channel} if event.channel else {},
        occurred_at=event.occurred_at,
        rules_at=event.occurred_at,
        currency=event.house_currency,
        is_test=False,
    )


def nps_answer_load(pk: int) -> Occasion | None:
    """In the campaign of the person's newest active enrolment; None for somebody who recommends nothing."""
    answer = NpsAnswer.objects.select_related("contact__merged_into").get(pk=pk)
    person = contact_standing(answer.contact)
    active = Enrolment.objects.filter(contact=person, status=Enrolment.Status.ACTIVE).order_by("-enrolled_at", "-pk")
    near = active.select_related("campaign__rule_book", "contact__merged_into")
    enrolment = near.annotate(house_currency=house_currency()).first()
    if enrolment is None:
        return None
    return _occasion(
        enrolment,
        key=answer.public_id,
        type=NPS_ANSWERED,
        metadata={"score": answer.score, "standing": answer.standing, "has_comment": bool(answer.comment)},
        occurred_at=answer.occurred_at,
        # Told late, it is paid by what stood when it was told.
        rules_at=answer.created_at,
        currency=enrolment.house_currency,
        is_test=person.is_test,
    )


def _occasion(
    enrolment: Enrolment,
    *,
    key: str,
    type: str,  # noqa: A002 - the field's name
    metadata: Mapping[str, Any],
    occurred_at: datetime,
    rules_at: datetime,
    currency: str | None,
    is_test: bool,
) -> Occasion:
    campaign = enrolment.campaign
    people = people_now({"advocate": enrolment.contact})
    facts = Facts(
        event_key=key,
        campaign_key=campaign.public_id,
        triggers=frozenset({type}),
        local_date=local_date(occurred_at, campaign),
        parties=parties_of(people),
        company_currency=currency or company().currency,
        event_type=type,
        region=people["advocate"].region,
        metadata=metadata,
        draw=drawn(key),
    )
    is_test = is_test or enrolment.is_test or campaign.is_test
    return Occasion(campaign, facts, people, rules_at, occurred_at, is_test, stamp=book_stamp(campaign))
