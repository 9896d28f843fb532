"""Each field and operator by a table: somebody inside, somebody outside. Then groups, problems and words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.utils import translation

from advocates.models import CircleLevel, Consent, Contact, ContactKey, Segment, SegmentCondition, User
from advocates.segments.evaluate import segment_contacts, segment_problems, segment_where
from advocates.segments.fields import ADVOCATE_FIELDS
from advocates.segments.operators import OPERATORS
from advocates.segments.sentence import segment_sentence
from tests.advocates.segment_people import ago, in_circle, moment_of, names_in, person, score_of, segment_made

pytestmark = pytest.mark.django_db

Make = Callable[[str, datetime], Any]


def with_columns(**columns: Any) -> Make:
    return lambda name, _now: person(name, **columns)


def days(column: str, *numbers: int | None) -> list[Make]:
    """One person for each number of days since; None: it never happened."""

    def make(number: int | None) -> Make:
        return lambda name, now: person(name, **({column: ago(now, number)} if number is not None else {}))

    return [make(number) for number in numbers]


def scored(**columns: Any) -> Make:
    return lambda name, now: score_of(person(name), now, **columns)


def told(kind: str, number: int, **columns: Any) -> Make:
    return lambda name, now: moment_of(person(name), kind, ago(now, number), **columns)


def answered(score: int, number: int = 10) -> Make:
    return lambda name, now: person(name, nps_score=score, nps_at=ago(now, number))


def agreed(channel: str, *, withdrawn: bool = False, **columns: Any) -> Make:
    def make(name: str, now: datetime) -> Contact:
        contact = person(name, relation="other", **columns)
        ended = now if withdrawn else None
        Consent.objects.create(
            contact=contact, channel=channel, basis="opt_in", source="test", given_at=ago(now, 9), withdrawn_at=ended
        )
        ContactKey.objects.create(contact=contact, kind="phone", value=f"+49{contact.pk}", shown="1")
        return contact

    return make


def complained(**columns: Any) -> Make:
    return told("complaint", 5, **columns)


def settled(name: str, now: datetime) -> Any:
    return moment_of(person(name), "complaint", ago(now, 5), resolved_at=now)


def member(name: str, now: datetime) -> Any:
    actor = User.objects.get_or_create(email="chooser@fernway.example", defaults={"name": "C"})[0]
    level = CircleLevel.objects.get_or_create(name="Inner", rank=1)[0]
    return in_circle(person(name), actor, now, level=level)


PLAIN = with_columns()
SIX = with_columns(purchases_count=6)
TWO_BOUGHT = with_columns(purchases_count=2)
EUR_90 = with_columns(lifetime_amount=90_00, lifetime_unit="EUR", purchases_count=1)
EUR_10 = with_columns(lifetime_amount=10_00, lifetime_unit="EUR", purchases_count=1)
USD_90 = with_columns(lifetime_amount=90_00, lifetime_unit="USD", purchases_count=1)


def fact(value: Any) -> Make:
    return with_columns(metadata={"plan": value})


def number_cases(field: str, make: Callable[[int], Make], low: int, high: int, nothing: list[Make]) -> list[Any]:
    """A number between `low` and `high` told from both by each operator."""
    middle = (low + high) // 2
    return [
        (field, "at_least", high, [make(high)], [make(low), *nothing]),
        (field, "at_most", low, [make(low)], [make(high)]),
        (field, "exactly", high, [make(high)], [make(low), *nothing]),
        (field, "between", [middle, high], [make(high)], [make(low), *nothing]),
    ]


def days_cases(field: str, make: Callable[[int | None], Make]) -> list[Any]:
    return [
        (field, "within", 30, [make(5), make(30)], [make(31), make(None)]),
        (field, "not_within", 30, [make(31), make(None)], [make(5)]),
        (field, "longer_ago", 30, [make(31)], [make(5), make(None)]),
        (field, "never", None, [make(None)], [make(31)]),
    ]


def at_column(column: str) -> Callable[[int | None], Make]:
    return lambda number: days(column, number)[0]


def moment_or_none(kind: str) -> Callable[[int | None], Make]:
    return lambda number: PLAIN if number is None else told(kind, number)


CASES: list[tuple[str, str, Any, list[Make], list[Make]]] = [
    ("relation", "is", "partner", [with_columns(relation="partner")], [PLAIN]),
    ("relation", "is_not", "partner", [PLAIN], [with_columns(relation="partner")]),
    ("relation", "one_of", ["partner", "vendor"], [with_columns(relation="vendor")], [PLAIN]),
    ("is_customer", "yes", None, [SIX], [PLAIN]),
    ("is_customer", "no", None, [PLAIN], [SIX, with_columns(customer_since="2020-05-01")]),
    *days_cases("customer_since", at_column("customer_since")),
    ("country", "is", "DE", [with_columns(country="DE")], [with_columns(country="AT"), PLAIN]),
    ("country", "is_not", "DE", [with_columns(country="AT"), PLAIN], [with_columns(country="DE")]),
    ("country", "one_of", ["DE", "AT"], [with_columns(country="AT")], [with_columns(country="CH")]),
    ("country", "is", "unknown", [PLAIN], [with_columns(country="DE")]),
    ("region", "is", "bavaria", [with_columns(region="Bavaria")], [with_columns(region="Upper Bavaria")]),
    ("region", "contains", "bavaria", [with_columns(region="Upper Bavaria")], [PLAIN]),
    ("language", "is", "de", [with_columns(language="de")], [PLAIN]),
    ("language", "is_not", "de", [PLAIN], [with_columns(language="de")]),
    ("language", "one_of", ["de", "unknown"], [with_columns(language="")], [PLAIN]),
    ("company", "is", "acme", [with_columns(named__company="Acme")], [with_columns(named__company="Acme Ltd")]),
    ("company", "contains", "acme", [with_columns(named__company="The Acme Ltd")], [PLAIN]),
    ("is_test", "yes", None, [with_columns(is_test=True)], [PLAIN]),
    ("is_test", "no", None, [PLAIN], [with_columns(is_test=True)]),
    ("has_email", "yes", None, [PLAIN], [with_columns(email=None)]),
    ("has_email", "no", None, [with_columns(email=None)], [PLAIN]),
    (
        "may_be_mailed",
        "yes",
        None,
        [SIX, agreed("email")],
        [PLAIN, agreed("email", withdrawn=True, purchases_count=3), with_columns(email=None, purchases_count=1)],
    ),
    ("may_be_mailed", "no", None, [PLAIN], [SIX]),
    ("may_be_phoned", "yes", None, [agreed("phone")], [SIX, agreed("email"), agreed("phone", withdrawn=True)]),
    ("may_be_phoned", "no", None, [SIX], [agreed("phone")]),
    *days_cases("last_asked", at_column("last_asked_at")),
    *number_cases("purchases", lambda n: with_columns(purchases_count=n), 2, 6, [PLAIN]),
    ("value", "at_least", {"amount": 50_00, "unit": "EUR"}, [EUR_90], [EUR_10, USD_90, PLAIN]),
    ("value", "at_most", {"amount": 50_00, "unit": "EUR"}, [EUR_10], [EUR_90, USD_90, PLAIN]),
    ("value", "between", {"amount": 50_00, "to": 90_00, "unit": "EUR"}, [EUR_90], [EUR_10, USD_90]),
    *days_cases("last_purchase", at_column("last_purchase_at")),
    *days_cases("first_purchase", at_column("first_purchase_at")),
    *number_cases("recency", lambda n: scored(recency=n), 2, 5, [PLAIN]),
    *number_cases("frequency", lambda n: scored(frequency=n), 2, 5, [PLAIN]),
    *number_cases("value_fifth", lambda n: scored(value=n), 2, 5, [PLAIN]),
    *number_cases("alive", lambda n: scored(alive_bp=n * 100), 20, 80, [PLAIN, scored()]),
    *number_cases("expected", lambda n: scored(expected_milli=n * 1000), 1, 4, [PLAIN, scored()]),
    ("nps", "is", "promoter", [answered(9), answered(10)], [answered(8), PLAIN]),
    ("nps", "is", "passive", [answered(7), answered(8)], [answered(6), answered(9), PLAIN]),
    ("nps", "is", "detractor", [answered(0), answered(6)], [answered(7), PLAIN]),
    ("nps", "is", "unknown", [PLAIN], [answered(0)]),
    ("nps", "is_not", "promoter", [answered(8), PLAIN], [answered(9)]),
    ("nps", "one_of", ["detractor", "unknown"], [answered(3), PLAIN], [answered(7)]),
    *number_cases("nps_score", answered, 4, 9, [PLAIN]),
    *days_cases("nps_answered", lambda n: PLAIN if n is None else answered(9, n)),
    ("nps_old", "yes", None, [answered(9, 366)], [answered(9, 364), PLAIN]),
    ("nps_old", "no", None, [answered(9, 364), PLAIN], [answered(9, 366)]),
    ("open_complaint", "yes", None, [complained()], [settled, PLAIN, told("milestone", 2)]),
    ("open_complaint", "no", None, [settled, PLAIN], [complained()]),
    *(
        case
        for kind in ("purchase", "issue_resolved", "positive_feedback", "public_praise")
        for case in days_cases(f"moment_{kind}", moment_or_none(kind))
    ),
    *(
        case
        for kind in ("milestone", "implementation_done", "testimonial", "complaint")
        for case in days_cases(f"moment_{kind}", moment_or_none(kind))
    ),
    ("circle", "is", "member", [member], [PLAIN]),
    ("circle", "is_not", "member", [PLAIN], [member]),
    ("circle", "one_of", ["none", "removed"], [PLAIN], [member]),
    ("fact", "is", {"key": "plan", "value": "gold"}, [fact("gold")], [fact("Gold"), fact("goldish"), PLAIN]),
    ("fact", "is", {"key": "plan", "value": "true"}, [fact(True), fact("true")], [fact(False), fact(1)]),
    ("fact", "is", {"key": "plan", "value": "12"}, [fact(12), fact("12"), fact(12.0)], [fact("012"), fact(120)]),
    ("fact", "at_least", {"key": "plan", "value": "12.5"}, [fact(13), fact("12.5")], [fact(12), fact("13a"), PLAIN]),
    ("fact", "at_most", {"key": "plan", "value": "5"}, [fact(-3), fact("5"), fact(4.5)], [fact(6), fact(True), PLAIN]),
    ("fact", "exists", {"key": "plan"}, [fact(""), fact(False), fact([1])], [fact(None), PLAIN]),
]


def case_name(case: Any) -> str:
    return f"{case[0]}-{case[1]}-{case[2]}"


@pytest.mark.parametrize("case", CASES, ids=map(case_name, CASES))
@pytest.mark.parametrize("is_negated", [False, True], ids=["all", "not"])
def test_who_is_inside_and_who_is_outside(case: Any, is_negated: bool, now: datetime) -> None:
    """In the group *none of these* it is exactly the other way round, also where a value is not known."""
    field, operator, value, inside, outside = case
    for number, make in enumerate(inside):
        make(f"in {number}", now)
    for number, make in enumerate(outside):
        make(f"out {number}", now)
    lines: list[tuple[Any, ...]] = [(field, operator, value, "not" if is_negated else "all")]
    segment = segment_made("asked", *lines, now=now)
    found = set(Contact.objects.filter(segment_where(segment, now)).values_list("details__name", flat=True))
    expected = {f"out {n}" for n in range(len(outside))} if is_negated else {f"in {n}" for n in range(len(inside))}
    assert found == expected


def test_every_field_and_operator_stands_in_the_table() -> None:
    elsewhere = {"known_since", "circle_level", "segment"}
    asked = {(case[0], case[1]) for case in CASES}
    missing = {
        (field.name, operator.name)
        for field in ADVOCATE_FIELDS
        if field.name not in elsewhere
        for operator in OPERATORS[field.kind]
    } - asked
    assert missing == set()


def test_known_since_and_level_of_the_circle(now: datetime, mira: User) -> None:
    outer = CircleLevel.objects.create(name="Outer", rank=2)
    in_circle(person("Lena"), mira, now, level=outer)
    old = person("Omar")
    Contact.objects.filter(pk=old.pk).update(created_at=ago(now, 90))
    Contact.objects.exclude(pk=old.pk).update(created_at=ago(now, 3))
    assert names_in(segment_made("level", ("circle_level", "is", str(outer.pk)), now=now), now) == {"Lena"}
    assert names_in(segment_made("new", ("known_since", "within", 30), now=now), now) == {"Lena"}
    assert names_in(segment_made("old", ("known_since", "longer_ago", 30), now=now), now) == {"Omar"}


# --- groups, and one segment in another ---


def test_all_of_the_first_one_of_the_second_none_of_the_third(now: datetime) -> None:
    person("Lena", country="DE", purchases_count=5, nps_score=10, nps_at=now)
    person("Mei", country="DE", purchases_count=1, language="zh-hans", nps_score=10, nps_at=now)
    person("Omar", country="DE", purchases_count=5, nps_score=2, nps_at=now)
    person("Ingrid", country="NO", purchases_count=5, nps_score=10, nps_at=now)
    segment = segment_made(
        "mixed",
        ("country", "is", "DE"),
        ("purchases", "at_least", 3, "any"),
        ("language", "is", "zh-hans", "any"),
        ("nps", "is", "detractor", "not"),
        now=now,
    )
    assert names_in(segment, now) == {"Lena", "Mei"}


def test_a_segment_asks_about_another_by_its_own_conditions(now: datetime) -> None:
    person("Lena", country="DE", purchases_count=5)
    person("Omar", country="US", purchases_count=5)
    person("Mei", country="DE")
    germans = segment_made("Germans", ("country", "is", "DE"), now=now)
    buyers = segment_made("German buyers", ("segment", "is", germans.public_id), ("purchases", "at_least", 1), now=now)
    others = segment_made("Others", ("segment", "is_not", germans.public_id), now=now)
    either = segment_made("Either", ("segment", "one_of", [germans.public_id, others.public_id]), now=now)
    assert names_in(buyers, now) == {"Lena"}
    assert names_in(others, now) == {"Omar"}
    assert names_in(either, now) == {"Lena", "Mei", "Omar"}


def test_merged_erased_and_test_people_are_in_no_segment(now: datetime) -> None:
    lena = person("Lena", country="DE")
    person("Gone", country="DE", merged_into=lena)
    person("Forgotten", country="DE", erased_at=now)
    person("Test", country="DE", is_test=True)
    segment = segment_made("Germans", ("country", "is", "DE"), now=now)
    assert names_in(segment, now) == {"Lena"}
    trial = segment_made("Trial", ("country", "is", "DE"), ("is_test", "yes", None), now=now)
    assert names_in(trial, now) == {"Test"}


def test_many_rows_of_one_person_are_one_person(now: datetime) -> None:
    lena = person("Lena")
    for number in range(3):
        moment_of(lena, "milestone", ago(now, number))
    segment = segment_made("Milestones", ("moment_milestone", "within", 30), now=now)
    assert segment_contacts(segment, now).count() == 1


# --- what cannot be asked ---


def broken(now: datetime, **line: Any) -> Segment:
    """A segment whose line was fine when it was saved."""
    segment = segment_made("Broken", ("country", "is", "DE"), now=now)
    SegmentCondition.objects.filter(segment=segment).update(**line)
    return segment


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"field": "gone"}, "“gone” can no longer be asked about."),
    ({"operator": "resembles"}, "Country: Choose how it is compared."),
    ({"value": "XX"}, "Country: “XX” is no longer there to choose."),
    ({"value": None}, "Country: Choose one."),
    ({"value": ["DE"]}, "is no longer there to choose"),
    ({"field": "purchases", "operator": "at_least", "value": "three"}, "Write a whole number"),
    ({"field": "purchases", "operator": "at_least", "value": True}, "Write a whole number"),
    ({"field": "purchases", "operator": "between", "value": [5, 2]}, "greater than the second"),
    ({"field": "purchases", "operator": "between", "value": 5}, "Write a whole number"),
    ({"field": "last_asked", "operator": "within", "value": 10**9}, "at most 36500"),
    ({"field": "value", "operator": "at_least", "value": {"amount": 5, "unit": "XXX"}}, "Choose a currency"),
    ({"field": "value", "operator": "at_least", "value": {"amount": 5.5, "unit": "EUR"}}, "Write an amount"),
    ({"field": "value", "operator": "at_least", "value": 5}, "Choose a currency"),
    ({"field": "region", "operator": "is", "value": ""}, "Write what it is compared with"),
    ({"field": "region", "operator": "is", "value": "x" * 300}, "longer than 200"),
    ({"field": "fact", "operator": "is", "value": {"key": 'a"b', "value": "x"}}, "quotation marks"),
    ({"field": "fact", "operator": "at_least", "value": {"key": "a", "value": "many"}}, "Write a number"),
    ({"field": "fact", "operator": "at_least", "value": {"key": "a", "value": "1e999999"}}, "Write a number"),
    ({"field": "fact", "operator": "exists", "value": None}, "name of the fact"),
]


@pytest.mark.parametrize(("line", "sentence"), BROKEN)
@pytest.mark.parametrize("group", ["all", "any", "not"])
def test_what_can_no_longer_be_asked_is_said_and_nobody_is_in(
    line: dict[str, Any], sentence: str, group: str, now: datetime
) -> None:
    person("Lena", country="DE")
    segment = broken(now, group=group, **line)
    [problem] = segment_problems(segment)
    assert sentence in problem
    assert not segment_contacts(segment, now).exists()
    assert "cannot be asked" in segment_sentence(segment)


def test_the_problem_of_a_segment_is_one_of_those_that_ask_about_it(now: datetime) -> None:
    person("Lena", country="DE")
    inner = broken(now)
    outer = segment_made("Outer", ("segment", "is_not", inner.public_id), now=now)
    SegmentCondition.objects.filter(segment=inner).update(field="gone")
    assert segment_problems(outer) == ["The segment “Broken”, which it asks about, has a problem itself."]
    assert not segment_contacts(outer, now).exists()


def test_a_circle_of_segments_that_got_in_anyway_harms_nobody(now: datetime) -> None:
    first = segment_made("First", ("country", "is", "DE"), now=now)
    second = segment_made("Second", ("segment", "is", first.public_id), now=now)
    SegmentCondition.objects.create(segment=first, field="segment", operator="is", value=second.public_id)
    assert segment_problems(first)
    assert not segment_contacts(first, now).exists()


HOSTILE = ["plan) OR 1=1 --", "a.b", "$", "plan]", "123", "пла́н", "%s", "a__b", "*", "{key}"]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_name_of_a_fact_is_only_ever_a_name(key: str, now: datetime) -> None:
    person("Lena", metadata={key: "7"})
    person("Omar", metadata={"plan": {"a": {"b": 1}}})
    for number, (operator, compared) in enumerate([("is", "7"), ("at_least", "6"), ("exists", None)]):
        value = {"key": key} | ({"value": compared} if compared else {})
        segment = segment_made(f"fact {number}", ("fact", operator, value), now=now)
        assert names_in(segment, now) == {"Lena"}


# --- words ---


def test_a_segment_reads_as_a_sentence(now: datetime) -> None:
    segment = segment_made(
        "mixed",
        ("country", "is", "DE"),
        ("purchases", "at_least", 3),
        ("nps", "is", "promoter", "any"),
        ("value", "between", {"amount": 50_00, "to": 90_00, "unit": "EUR"}, "any"),
        ("last_asked", "within", 180, "not"),
        now=now,
    )
    assert segment_sentence(segment) == (
        "Everybody with all of this – Country: Germany; Purchases: at least 3. "
        "With at least one of these – NPS: promoter (9 or 10); Bought for in all: from €50.00 to €90.00. "
        "Without this – Last asked: in the last 180 days."
    )


def test_names_in_the_sentence_are_those_of_the_readers_language(now: datetime) -> None:
    segment = segment_made("Germans", ("country", "one_of", ["DE", "NO"]), now=now)
    with translation.override("de"):
        assert "Deutschland, Norwegen" in segment_sentence(segment)


def test_what_is_asked_differently_reads_differently(now: datetime) -> None:
    """Also between the groups: no two cases of the table share a sentence, but where they ask the same."""
    sentences: dict[str, Any] = {}
    asked = {repr(case[:3]): case[:3] for case in CASES}.values()
    for number, (field, operator, value) in enumerate(asked):
        for group in ("all", "any", "not"):
            segment = segment_made(f"{number} {group}", (field, operator, value, group), now=now)
            sentence = segment_sentence(segment)
            assert sentence not in sentences, (sentences.get(sentence), (field, operator, value, group))
            sentences[sentence] = (field, operator, value, group)
