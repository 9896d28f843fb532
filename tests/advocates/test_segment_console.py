"""Segments in the console: written with and without a script, previewed, shown with who is in and where it is used."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from advocates.admin import segment_editor
from advocates.models import Segment, SegmentCondition, User
from advocates.segments.editing import drafts_of, rows_of, rows_posted
from advocates.services.segment_refresh import segment_refresh
from advocates.services.segments import draft_of
from config.lib.patience import TookTooLong, at_most
from tests.advocates.segment_people import ago, person, segment_made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]

ADD = "admin:advocates_segment_add"
LIST = "admin:advocates_segment_changelist"


@pytest.fixture
def root(client: Client) -> User:
    """A colleague who may everything, signed in."""
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


@pytest.fixture
def reader(client: Client) -> User:
    """A colleague who may look and nothing else, signed in."""
    user = User.objects.create_user("reader@fernway.example", "a long pass phrase", name="Reader")
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return user


def typed(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A form with these lines, each {field, operator, value, …}."""
    form: dict[str, Any] = {"name": "Regulars", "note": "", "row": [str(number) for number in range(len(lines))]}
    for number, line in enumerate(lines):
        form |= {f"{name}-{number}": value for name, value in ({"group": "all"} | line).items()}
    return form | more


BUYERS = {"field": "purchases", "operator": "at_least", "value": "3"}
GERMANS = {"field": "country", "operator": "is", "value": "DE", "group": "any"}

EVERY_KIND: list[tuple[dict[str, Any], tuple[str, Any]]] = [
    (BUYERS, ("at_least", 3)),
    ({"field": "purchases", "operator": "between", "value": "3", "to": " 5 "}, ("between", [3, 5])),
    ({"field": "last_asked", "operator": "not_within", "value": "180"}, ("not_within", 180)),
    ({"field": "last_asked", "operator": "never", "value": "7"}, ("never", None)),
    (
        {"field": "value", "operator": "at_least", "value": "50,5", "unit": "EUR"},
        ("at_least", {"amount": 5050, "unit": "EUR"}),
    ),
    (
        {"field": "value", "operator": "between", "value": "100", "to": "900", "unit": "JPY"},
        ("between", {"amount": 100, "to": 900, "unit": "JPY"}),
    ),
    ({"field": "country", "operator": "one_of", "choice": ["DE", "AT"]}, ("one_of", ["DE", "AT"])),
    ({"field": "region", "operator": "contains", "value": " Bavaria "}, ("contains", "Bavaria")),
    ({"field": "is_customer", "operator": "yes"}, ("yes", None)),
    ({"field": "fact", "operator": "exists", "key": "plan", "value": "x"}, ("exists", {"key": "plan"})),
    ({"field": "fact", "operator": "is", "key": "plan", "value": "gold"}, ("is", {"key": "plan", "value": "gold"})),
    ({"field": "purchases", "operator": ""}, ("at_least", "")),
]


@pytest.mark.parametrize(("line", "meant"), EVERY_KIND)
def test_what_was_typed_is_understood_and_shown_again(line: dict[str, Any], meant: tuple[str, Any]) -> None:
    posted = QueryDict(mutable=True)
    for name, value in typed(line).items():
        posted.setlist(name, value if isinstance(value, list) else [value])
    [draft] = drafts_of(rows_posted(posted))
    assert (draft.operator, draft.value) == meant
    assert drafts_of(rows_of([draft])) == [draft]


def test_a_segment_is_written_and_counted_at_once(client: Client, root: User) -> None:
    person("Lena", country="DE", purchases_count=5)
    person("Omar", country="US", purchases_count=5)
    answer = client.post(reverse(ADD), typed(BUYERS, GERMANS, {"field": ""}, note="For the spring"), follow=True)
    segment = Segment.objects.get()
    assert (segment.name, segment.note, segment.members_count) == ("Regulars", "For the spring", 1)
    assert [(one.field, one.value, one.group) for one in segment.conditions.order_by("pk")] == [
        ("purchases", 3, "all"),
        ("country", "DE", "any"),
    ]
    for words in ("“Regulars” is saved.", "Purchases: at least 3", "Lena", "joined"):
        assert words in answer.text
    assert "Omar" not in answer.text


def test_a_segment_is_changed_where_it_was_written(client: Client, root: User, now: datetime) -> None:
    segment = segment_made("Regulars", ("purchases", "at_least", 3), now=now)
    edit = reverse("admin:advocates_segment_edit", args=[segment.pk])
    assert edit in client.get(reverse("admin:advocates_segment_change", args=[segment.pk])).text
    assert 'value="3"' in client.get(edit).text
    client.post(edit, typed(BUYERS | {"value": "7"}, name="Best"))
    segment.refresh_from_db()
    assert (segment.name, draft_of(segment).conditions[0].value) == ("Best", 7)


def test_what_is_wrong_is_said_and_what_was_typed_stays(client: Client, root: User) -> None:
    answer = client.post(reverse(ADD), typed(BUYERS | {"value": "many"}, name=""))
    assert answer.status_code == 200
    for words in ("Give it a name.", "Purchases: Write a whole number, 0 or more.", 'value="many"'):
        assert words in answer.text
    assert not Segment.objects.exists()


def test_lines_come_and_go_without_a_script(client: Client, root: User) -> None:
    more = client.post(reverse(ADD), typed(BUYERS, add="not"))
    assert more.text.count('name="row"') == 2
    assert 'name="group-1" value="not"' in more.text
    fewer = client.post(reverse(ADD), typed(BUYERS, GERMANS, remove="0"))
    assert fewer.text.count('name="row"') == 1
    assert 'name="group-0" value="any"' in fewer.text
    shown = client.post(reverse(ADD), typed({"field": "nps"}, look="1"))
    assert "promoter (9 or 10)" in shown.text
    assert client.get(reverse(ADD)).text.count('name="row"') == segment_editor.EMPTY_ROWS
    assert not Segment.objects.exists()


def test_the_sentence_and_the_people_are_shown_while_it_changes(client: Client, root: User) -> None:
    person("Lena", country="DE", purchases_count=5)
    preview = reverse("admin:advocates_segment_preview")
    answer = client.post(preview, typed(BUYERS)).text
    for words in ("Purchases: at least 3", ">1<", "person, as of now", "Lena"):
        assert words in answer
    assert "Nobody at the moment" in client.post(preview, typed(BUYERS | {"value": "30"})).text
    assert "Write a whole number" in client.post(preview, typed(BUYERS | {"value": "x"})).text
    assert "here you see who answers" in client.post(preview, typed({"field": ""})).text
    rows = client.post(reverse("admin:advocates_segment_rows"), typed({"field": "country"})).text
    assert "Germany" in rows
    assert not Segment.objects.exists()


def test_a_preview_that_takes_too_long_says_so(client: Client, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(_seconds: float) -> Any:
        raise TookTooLong

    monkeypatch.setattr(segment_editor, "at_most", give_up)
    assert "counted in the background" in client.post(reverse("admin:advocates_segment_preview"), typed(BUYERS)).text


def test_the_database_is_asked_no_longer_than_that() -> None:
    endless = (
        "SELECT pg_sleep(20)"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    )
    with pytest.raises(TookTooLong), at_most(0.2), connection.cursor() as cursor:
        cursor.execute(endless)
    with at_most(5), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_list_tells_what_each_asks_for_and_invites_to_write_the_first(
    client: Client, root: User, now: datetime
) -> None:
    assert "Write a segment" in client.get(reverse(LIST)).text
    person("Lena", purchases_count=5)
    segment = segment_made("Regulars", ("purchases", "at_least", 3), now=now)
    segment_refresh(segment=segment, now=now)
    broken = segment_made("Broken", ("country", "is", "DE"), now=now)
    SegmentCondition.objects.filter(segment=broken).update(field="gone")
    text = client.get(reverse(LIST)).text
    for words in ("Everybody with this – Purchases: at least 3.", "in use", "has a problem"):
        assert words in text


def test_the_page_tells_who_came_and_went_and_where_it_is_used(client: Client, root: User, now: datetime) -> None:
    lena = person("Lena", country="DE")
    segment = segment_made("Germans", ("country", "is", "DE"), now=now)
    segment_made("Others", ("segment", "is_not", segment.public_id), now=now)
    segment_refresh(segment=segment, now=ago(now, 9))
    type(lena).objects.filter(pk=lena.pk).update(country="AT")
    segment_refresh(segment=segment, now=ago(now, 2))
    page = reverse("admin:advocates_segment_change", args=[segment.pk])
    text = client.get(page).text
    for words in ("left the segment", "joined the segment", "Lena", "Others", segment.public_id):
        assert words in text
    verb = reverse("admin:advocates_segment_verb", args=[segment.pk, "retire"])
    assert "It is still used" in client.post(verb, follow=True).text
    Segment.objects.filter(name="Others").update(is_active=False)
    assert "at rest" in client.post(verb, follow=True).text
    restore = reverse("admin:advocates_segment_verb", args=[segment.pk, "restore"])
    client.post(restore)
    count = reverse("admin:advocates_segment_verb", args=[segment.pk, "count"])
    assert "Counted: 0 people" in client.post(count, follow=True).text


def test_a_persons_page_tells_their_segments_and_why(client: Client, root: User, now: datetime) -> None:
    lena = person("Lena", country="DE", purchases_count=12)
    segment_made("Regulars", ("purchases", "at_least", 3), ("country", "is", "US", "not"), now=now)
    text = client.get(reverse("admin:advocates_contact_change", args=[lena.pk])).text
    for words in ("Regulars", "just now", "Purchases: at least 3", "(12)", "not: Country: United States"):
        assert words in text


def test_who_may_only_look_writes_nothing(client: Client, reader: User, now: datetime) -> None:
    segment = segment_made("Regulars", ("purchases", "at_least", 3), now=now)
    edit = reverse("admin:advocates_segment_edit", args=[segment.pk])
    text = client.get(reverse("admin:advocates_segment_change", args=[segment.pk])).text
    assert "Regulars" in text
    assert edit not in text
    for url in (edit, reverse(ADD), reverse("admin:advocates_segment_preview")):
        assert client.post(url, typed(BUYERS)).status_code == 403
    assert client.get(edit).status_code == 403
    assert client.post(reverse("admin:advocates_segment_verb", args=[segment.pk, "retire"])).status_code == 403


def test_nobody_outside_asks_how_many_people_there_are(client: Client) -> None:
    for name in ("preview", "rows"):
        assert client.post(reverse(f"admin:advocates_segment_{name}"), typed(BUYERS)).status_code == 302


def test_fragments_are_made_by_post_only(client: Client, root: User) -> None:
    for name in ("preview", "rows"):
        assert client.get(reverse(f"admin:advocates_segment_{name}")).status_code == 405


def test_a_hostile_name_is_text(client: Client, root: User) -> None:
    person("<script>alert(1)</script>", purchases_count=5)
    answer = client.post(reverse(ADD), typed(BUYERS, name="<b>bold</b>"), follow=True)
    assert "<script>alert" not in answer.text
    assert "<b>bold" not in answer.text


def test_nobody_was_found_is_one_thing_and_nobody_has_looked_another(client: Client, root: User, now: datetime) -> None:
    segment = Segment.objects.create(name="Fresh")
    page = reverse("admin:advocates_segment_change", args=[segment.pk])
    assert "Not counted yet" in client.get(page).text
    assert '<span class="num">–</span>' in client.get(reverse("admin:advocates_segment_changelist")).text
    Segment.objects.filter(pk=segment.pk).update(refreshed_at=now)
    assert "people at the last count" in " ".join(client.get(page).text.split())
