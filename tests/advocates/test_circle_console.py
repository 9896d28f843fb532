"""The page on which people choose their inner circle, and its levels."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from advocates.models import AuditEntry, CircleChoice, CircleLevel, CircleSuggestion, Contact, Moment, User
from advocates.services.circle import circle_choose
from advocates.services.circle_suggest import circle_suggest
from config.lib import clock
from tests.cast import AISHAH, INGRID, LENA, MEI, OMAR, contact_of

pytestmark = pytest.mark.django_db

Status = CircleChoice.Status
PAGE = reverse("admin:advocates_circlechoice_changelist")
CHOOSE = reverse("admin:advocates_circlechoice_choose")
WEIGH = reverse("admin:advocates_circlechoice_weigh")


@pytest.fixture
def root(client, company):
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


@pytest.fixture
def reader(client, company):
    user = User.objects.create_user("reader@fernway.example", "a long pass phrase", name="Reader")
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return user


@pytest.fixture
def three(now):
    """Three promoters who are suggested."""
    people = [contact_of(person, nps_score=10, nps_at=now, purchases_count=7) for person in (LENA, MEI, OMAR)]
    circle_suggest(now)
    return people


def agreed(client, action, people, **said):
    data = {"action": action, "contact": [one.public_id for one in people], "confirmed": "yes"}
    return client.post(CHOOSE, data | said, follow=True).text


def status_of(contact):
    return CircleChoice.objects.get(contact=contact).status


def test_the_suggestions_are_shown_with_their_reasons_and_how_to_reach_them(client, root, three):
    text = client.get(PAGE).text
    for words in (LENA.name, "7 purchases", "never asked", "may be mailed", "47 points"):
        assert words in text


def test_a_page_says_how_many_and_whom_before_anything_is_decided(client, root, three):
    data = {"action": "member", "contact": [one.public_id for one in three[:2]]}
    text = client.post(CHOOSE, data).text
    assert "These 2 people are taken into the inner circle." in text
    assert LENA.name in text
    assert OMAR.name not in text
    assert not CircleChoice.objects.exists()


def test_the_ticked_are_taken_in_together_with_level_and_note(client, root, three):
    level = CircleLevel.objects.create(name="Near", rank=1)
    text = agreed(client, "member", three[:2], level=level.pk, note="For the spring")
    assert "2 people are in it now." in text
    choices = CircleChoice.objects.all()
    assert {(choice.level, choice.note) for choice in choices} == {(level, "For the spring")}
    assert all(choice.reasons[0]["signal"] == "promoter" for choice in choices)


def test_who_was_decided_about_meanwhile_is_left_out_and_named(client, root, three, mira, now):
    lena, mei, _omar = three
    circle_choose(contact=mei, status=Status.DISMISSED, actor=mira, now=now)
    text = agreed(client, "member", [lena, mei], level="", note="")
    assert f"Left out, since somebody else decided meanwhile: {MEI.name}." in text
    assert (status_of(lena), status_of(mei)) == (Status.MEMBER, Status.DISMISSED)


def test_one_button_beside_a_person_is_enough(client, root, three):
    text = client.post(CHOOSE, {"only": f"dismissed:{three[0].public_id}"}).text
    assert "This person is not suggested again." in text


def test_a_day_has_to_be_named_for_on_a_day(client, root, three):
    assert "Say on which day you want to look again." in agreed(client, "later", three[:1], when="day", day="", note="")
    agreed(client, "later", three[:1], when="week", day="", note="")
    assert CircleChoice.objects.get().remind_on == clock.now().date() + timedelta(days=7)


def test_who_was_put_off_comes_back_to_the_page_and_to_today(client, root, three, now):
    lena = three[0]
    today = clock.now().date()
    circle_choose(contact=lena, status=Status.LATER, actor=root, remind_on=today, note="After the fair", now=now)
    text = client.get(PAGE).text
    assert "You wanted to look at them again" in text
    assert "After the fair" in text
    today_text = client.get(reverse("admin:index")).text
    assert "Look again at" in today_text
    assert LENA.name in today_text


def test_levels_are_set_and_members_taken_out_together(client, root, three, now):
    level = CircleLevel.objects.create(name="Near", rank=1)
    agreed(client, "member", three, level="", note="")
    assert "The level of 2 people is set." in agreed(client, "level", three[:2], level=level.pk, note="")
    assert "1 person is taken out." in agreed(client, "removed", three[:1], reason="Season over")
    assert status_of(three[0]) == Status.REMOVED


def test_nobody_ticked_is_said(client, root, three):
    assert "Nobody was ticked." in client.post(CHOOSE, {"action": "member"}, follow=True).text


def test_the_way_back_never_leads_to_another_site(client, root, three):
    data = {"action": "dismissed", "contact": three[0].public_id, "confirmed": "yes", "back": "https://evil.example/"}
    assert client.post(CHOOSE, data).url == PAGE


def test_suggestions_are_cut_by_source_and_by_reason(client, root, three, now):
    contact_of(AISHAH, nps_score=9, nps_at=now, relation=Contact.Relation.PARTNER)
    circle_suggest(now)
    partners = client.get(PAGE, {"source": "partner"}).text
    assert AISHAH.name in partners
    assert LENA.name not in partners
    buyers = client.get(PAGE, {"signal": "purchases"}).text
    assert LENA.name in buyers
    assert AISHAH.name not in buyers
    assert "Nobody who is suggested has both." in client.get(PAGE, {"source": "partner", "signal": "purchases"}).text


def test_a_complaint_takes_somebody_off_the_page_at_once(client, root, three, now):
    Moment.objects.create(contact=three[0], kind="complaint", source="desk", event_id="1", occurred_at=now)
    assert LENA.name not in client.get(PAGE).text
    assert CircleSuggestion.objects.open().count() == 3


def test_an_empty_page_says_what_to_do(client, root):
    assert "Nobody new at the moment" in client.get(PAGE).text


def test_everybody_is_weighed_by_a_button(client, root, now):
    contact_of(LENA, nps_score=10, nps_at=now)
    assert "Everybody was weighed: 1 new suggestions." in client.post(WEIGH, follow=True).text
    assert client.get(WEIGH).status_code == 405


def test_the_page_takes_as_many_queries_for_many_as_for_few(client, root, now, django_assert_max_num_queries):
    client.get(PAGE)
    for person in (LENA, MEI, OMAR, INGRID, AISHAH):
        contact_of(person, nps_score=10, nps_at=now, purchases_count=7)
    circle_suggest(now)
    with django_assert_max_num_queries(30):
        client.get(PAGE)


def test_decisions_are_listed_by_kind_and_lead_to_the_person(client, root, three, now):
    circle_choose(contact=three[0], status=Status.MEMBER, actor=root, now=now)
    text = client.get(PAGE, {"status__exact": "member"}).text
    assert LENA.name in text
    assert MEI.name not in text
    page = client.get(reverse("admin:advocates_circlechoice_change", args=[CircleChoice.objects.get().pk]))
    assert page.url == reverse("admin:advocates_contact_change", args=[three[0].pk]) + "#circle"


def test_people_are_taken_in_from_the_list_of_contacts(client, root, three):
    url = reverse("admin:advocates_contact_changelist")
    data = {"action": "take_into_circle", "_selected_action": [three[2].pk], "index": 0}
    assert f'value="{three[2].public_id}"' in client.post(url, data).text


def test_who_may_only_look_sees_reasons_and_no_verb(client, reader, three):
    text = client.get(PAGE).text
    assert "7 purchases" in text
    assert "Take into the inner circle" not in text
    assert client.post(CHOOSE, {"action": "member", "contact": three[0].public_id}).status_code == 403
    assert client.post(WEIGH).status_code == 403
    assert not CircleChoice.objects.exists()


def test_a_level_is_kept_with_a_trace_of_who_changed_it(client, root):
    url = reverse("admin:advocates_circlelevel_add")
    assert client.post(url, {"name": "Near", "rank": 1, "offer": "Dinner"}).status_code == 302
    level = CircleLevel.objects.get()
    change = reverse("admin:advocates_circlelevel_change", args=[level.pk])
    client.post(change, {"name": "Near", "rank": 1, "offer": "Lunch"})
    entry = AuditEntry.objects.filter(model="advocates.circlelevel").latest("pk")
    assert (entry.actor, entry.before, entry.after) == (root, {"offer": "Dinner"}, {"offer": "Lunch"})
    assert "Near" in client.get(reverse("admin:advocates_circlelevel_changelist")).text
