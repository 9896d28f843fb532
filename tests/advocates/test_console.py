import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from advocates.models import AuditEntry, CircleChoice, Contact, ImportRun, JobRun, Suppression, User
from advocates.selectors import is_suppressed, may_contact
from advocates.services.circle import circle_choose
from advocates.services.purchases import purchase_record
from config.lib.money import Money
from tests.cast import LENA, OMAR, contact_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(client):
    """A colleague who may everything, signed in."""
    user = User.objects.create_superuser("root@fernway.example", "a long pass phrase", name="Root")
    client.force_login(user)
    return user


@pytest.fixture
def reader(client):
    """A colleague who may look and nothing else, signed in."""
    user = User.objects.create_user("reader@fernway.example", "a long pass phrase", name="Reader")
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return user


def page_of(contact):
    return reverse("admin:advocates_contact_change", args=[contact.pk])


def verb_of(contact, name):
    return reverse("admin:advocates_contact_verb", args=[contact.pk, name])


CHOOSE = "admin:advocates_circlechoice_choose"
LISTS = ["contact", "circlechoice", "importrun", "purchase", "consent", "suppression", "auditentry", "jobrun", "user"]


@pytest.mark.parametrize("model", LISTS)
def test_every_list_opens(client, root, now, model, company):
    lena = contact_of(LENA, nps_score=10, nps_at=now, purchases_count=2)
    circle_choose(contact=lena, status="member", actor=root, now=now)
    purchase_record(contact=lena, source="shop", external_id="A-1", occurred_at=now, money=Money(1000, "EUR"))
    ImportRun.objects.create(kind="contacts", source="shop", file_name="people.csv")
    JobRun.objects.create(name="a", live_key="a", started_at=now, lease_until=now)
    answer = client.get(reverse(f"admin:advocates_{model}_changelist"), {"q": "lena"})
    assert answer.status_code == 200


def test_people_are_found_by_address(client, root, company):
    contact_of(LENA)
    contact_of(OMAR)
    answer = client.get(reverse("admin:advocates_contact_changelist"), {"q": OMAR.email})
    assert OMAR.name in answer.text
    assert LENA.name not in answer.text


def test_a_person_is_shown_with_keys_purchases_and_what_is_allowed(client, root, now, company):
    lena = contact_of(LENA, nps_score=9, nps_at=now)
    purchase_record(contact=lena, source="shop", external_id="A-17", occurred_at=now, money=Money(49_90, "EUR"))
    text = client.get(page_of(lena)).text
    for words in (LENA.name, LENA.email, LENA.external_id, "A-17", "€49.90", "promoter", "is a customer"):
        assert words in text


def test_a_contact_cannot_be_edited_or_deleted_by_hand(client, root, company):
    lena = contact_of(LENA)
    assert client.post(page_of(lena), {"purchases_count": 99}).status_code == 403
    assert client.post(reverse("admin:advocates_contact_delete", args=[lena.pk]), {"post": "yes"}).status_code == 403


def test_staff_take_somebody_into_the_inner_circle_and_out_again(client, root, company):
    lena = contact_of(LENA)
    client.post(verb_of(lena, "take-in"), {"note": "Spoke at our fair"})
    assert lena.circle.status == CircleChoice.Status.MEMBER
    client.post(verb_of(lena, "take-out"), {"reason": "Moved away"})
    lena.circle.refresh_from_db()
    assert (lena.circle.status, lena.circle.note) == (CircleChoice.Status.REMOVED, "Moved away")
    assert AuditEntry.objects.filter(actor=root, verb__startswith="circle.").count() == 2


def test_who_may_only_look_is_offered_no_verb_and_refused_one(client, reader, company):
    lena = contact_of(LENA)
    assert verb_of(lena, "take-in") not in client.get(page_of(lena)).text
    assert client.post(verb_of(lena, "take-in"), {"note": ""}).status_code == 403
    assert client.post(reverse(CHOOSE), {"action": "member", "contact": lena.public_id}).status_code == 403
    assert not CircleChoice.objects.exists()


def test_looking_at_the_way_to_choose_changes_nothing(client, root, company):
    answer = client.get(reverse(CHOOSE))
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("admin:advocates_circlechoice_changelist"))
    assert not CircleChoice.objects.exists()


def test_a_consent_on_the_phone_opens_the_phone(client, root, company):
    lena = contact_of(LENA)
    client.post(verb_of(lena, "consent"), {"channel": "phone"})
    assert may_contact(lena, "phone").allowed


def test_who_wants_no_calls_is_not_phoned_any_more(client, root, company):
    lena = contact_of(LENA)
    client.post(verb_of(lena, "consent"), {"channel": "phone"})

    client.post(verb_of(lena, "stop-calls"))

    assert not may_contact(lena, "phone").allowed
    assert "stop-calls" not in client.get(page_of(lena)).content.decode()


def test_asks_are_held_back_and_allowed_again_on_the_persons_page(client, root, company):
    lena = contact_of(LENA)
    client.post(verb_of(lena, "hold-mails"))
    assert is_suppressed(LENA.email, scope=Suppression.Scope.ASKS)
    client.post(verb_of(lena, "allow-mails"), {"reason": "She asked"})
    assert not is_suppressed(LENA.email, scope=Suppression.Scope.ASKS)


def test_an_address_is_held_back_that_belongs_to_nobody_here(client, root, company):
    url = reverse("admin:advocates_suppression_add")
    assert client.post(url, {"address": "no address", "scope": "all"}).status_code == 200
    assert client.post(url, {"address": "stranger@mail.example", "scope": "all"}).status_code == 302
    assert client.post(url, {"address": "stranger@mail.example", "scope": "all"}).status_code == 302
    assert is_suppressed("Stranger@mail.example", scope=Suppression.Scope.ALL)


def test_a_colleague_is_made_and_given_rights_and_the_trail_says_by_whom(client, root, company):
    made = {"email": "New@Fernway.example", "name": "New", "usable_password": "false"}
    assert client.post(reverse("admin:advocates_user_add"), made).status_code == 302
    user = User.objects.get(email="new@fernway.example")
    form = {
        "email": user.email,
        "name": "New",
        "language": "en",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
    }
    client.post(reverse("admin:advocates_user_change", args=[user.pk]), form)
    user.refresh_from_db()
    entry = AuditEntry.objects.filter(verb="user.rights").latest("pk")
    assert user.is_superuser
    assert (entry.actor, entry.before["is_superuser"], entry.after["is_superuser"]) == (root, False, True)


def test_whoever_manages_staff_cannot_give_rights_that_they_do_not_have(client, reader, root, company):
    reader.user_permissions.add(Permission.objects.get(codename="change_user"))
    client.force_login(User.objects.get(pk=reader.pk))
    url = reverse("admin:advocates_user_change", args=[reader.pk])
    form = {"email": reader.email, "name": "Reader", "language": "en", "is_active": "on", "is_superuser": "on"}
    client.post(url, form)
    reader.refresh_from_db()
    assert not reader.is_superuser
    assert client.post(reverse("admin:advocates_user_change", args=[root.pk]), form).status_code == 403


def test_an_unknown_person_leads_back(client, root, company):
    assert client.get(reverse("admin:advocates_contact_change", args=[999])).status_code == 302
    assert not Contact.objects.exists()
