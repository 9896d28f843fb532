"""The doors of the console tried by hand: straight to the address, without the button."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from advocates.admin.contacts import ContactAdmin
from advocates.models import AuditEntry, Contact, Erasure, Moment, NpsAnswer, User
from advocates.segments import evaluate
from advocates.services.merging import contacts_merge
from advocates.services.segments import ConditionDraft, SegmentDraft, draft_problems
from config.lib import clock
from tests.advocates.segment_people import segment_made
from tests.cast import BEN, LENA, contact_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]


def signed_in(client, *permissions):
    user = User.objects.create_user("reader@fernway.example", "a long pass phrase", name="Reader")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def verbs_of_people():
    own = admin.site.get_model_admin(Contact)
    assert isinstance(own, ContactAdmin)
    return own.verbs


def test_who_may_only_look_is_refused_every_verb_of_a_person(client):
    lena = contact_of(LENA)
    signed_in(client, *Permission.objects.filter(codename__startswith="view_").values_list("codename", flat=True))
    before = AuditEntry.objects.count()
    for verb in verbs_of_people():
        url = reverse("admin:advocates_contact_verb", args=[lena.pk, verb.name])
        assert client.get(url).status_code == 403, verb.name
        assert client.post(url, {"typed": "forget"}).status_code == 403, verb.name
    assert AuditEntry.objects.count() == before


def test_nobody_comes_to_somebodys_name_by_a_verb(client):
    lena = contact_of(LENA)
    signed_in(client, "add_erasure", "add_moment", "add_suppression")
    for name in ("forget", "download-everything", "note-moment", "hold-mails"):
        url = reverse("admin:advocates_contact_verb", args=[lena.pk, name])
        assert client.get(url).status_code == 403, name
        assert client.post(url, {"typed": "forget"}).status_code == 403, name
    assert not Erasure.objects.exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("note-moment", {"kind": "milestone", "note": ""}),
        ("note-complaint", {"reason": "Late"}),
        ("note-answer", {"score": "3", "comment": ""}),
    ],
)
def test_nothing_is_noted_of_who_is_somebody_else_by_now(client, ada, name, said):
    lena, ben = contact_of(LENA), contact_of(BEN)
    contacts_merge(kept=lena, gone=ben, actor=ada, reason="", now=clock.now())
    client.force_login(ada)
    client.post(reverse("admin:advocates_contact_verb", args=[ben.pk, name]), said)
    assert (Moment.objects.count(), NpsAnswer.objects.count()) == (0, 0)


def test_segments_on_top_of_each_other_end_somewhere(now, monkeypatch):
    """Each asks twice for the one below: seventeen are a hundred thousand questions."""
    monkeypatch.setattr(evaluate, "MOST_IN_ALL", 40)
    below = segment_made("0", ("purchases", "at_least", 1), now=now)
    for number in range(1, 4):
        lines = [("segment", "is", below.public_id), ("segment", "is", below.public_id)]
        below = segment_made(str(number), *lines, now=now)
    asked = [ConditionDraft("segment", "is", below.public_id), ConditionDraft("segment", "is", below.public_id)]
    assert draft_problems(SegmentDraft("4", asked)) == ["A segment asks for at most 40 things."]
