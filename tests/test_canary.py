"""Somebody goes through everything there is here, asks to be forgotten, and is found nowhere afterwards."""

import dataclasses
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from kombu.transport import memory

from advocates.models import CircleChoice, Consent, Contact, Erasure, ImportRun, Moment, NpsAnswer, Suppression, User
from advocates.people import PERSONAL_DATA, nothing_erased
from advocates.selectors import is_suppressed
from advocates.services.circle import circle_choose
from advocates.services.consents import consent_record
from advocates.services.contacts import ContactFacts
from advocates.services.erasure import contact_erase, erasures_repeat
from advocates.services.export import contact_export
from advocates.services.merging import contacts_merge
from advocates.services.moments import moment_record
from advocates.services.nps import nps_record
from campaigns.models import Campaign, Company, IdempotentAnswer, Testimonial as Words
from campaigns.services.api_keys import api_key_create
from campaigns.services.asks import asks_send
from campaigns.services.delivery import messages_send
from campaigns.services.enrolments import enrolment_create
from campaigns.services.portal import portal_link_create, portal_link_request
from config.lib import clock
from referrals.models import Referral, ReferralEvent
from referrals.services.referrals import Entry, FriendConsent, friend_claim, referral_move, referral_submit
from rewards.ledger.check import ledger_problems
from rewards.models import Reward
from rewards.services.evaluation import rewards_evaluate
from rewards.services.payout_methods import payout_method_set
from rewards.services.rewards import reward_decline
from tests.canary import CANARY, HOLDER, IBAN, NOTE, TWIN, found_in, found_in_files, found_in_tables, ledger_sums
from tests.cast import BEN, LENA, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import approved_cash
from tests.factories.referrals import enrolled, referred
from tests.factories.rewards import friend_coupon, rule_of, won

pytestmark = pytest.mark.django_db

IMPORTED = (
    "customer number,email,name,company,phone\n"
    f"Z-777123,{CANARY.email.lower()},{CANARY.name},{CANARY.company},+49 30 555 04711\n"
    "C-5,not an address,Somebody Else,,\n"
)


@dataclasses.dataclass
class House:
    """The installation with the canary in it."""

    canary: Contact
    now: datetime
    folder: Path
    staff: Client
    shop: Callable[..., Any]

    def found(self) -> dict[str, set[str]]:
        return found_in_tables() | found_in_files(self.folder) | found_in_broker()


def found_in_broker() -> dict[str, set[str]]:
    waiting = [str(message) for queue in memory.Channel.queues.values() for message in queue.queue]
    words = found_in("\n".join(waiting))
    return {"broker": words} if words else {}


@pytest.fixture
def house(
    company: Company,
    settings: Any,
    tmp_path: Path,
    ada: User,
    committed: Callable[[], Any],
) -> House:
    settings.IMPORT_ROOT = tmp_path / "house" / "imports"
    settings.MAIL_DIR = tmp_path / "house" / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(settings.MAIL_DIR)
    for folder in (settings.IMPORT_ROOT, settings.MAIL_DIR):
        folder.mkdir(parents=True)
    now = clock.now()
    staff = Client()
    staff.force_login(ada)
    secret = api_key_create(name="Shop", source="shop", scope="write", now=now)[1]
    shop = _caller(secret)
    with committed():
        canary = everything(now=now, ada=ada, shop=shop, staff=staff, root=settings.IMPORT_ROOT, tmp=tmp_path)
    return House(canary, now, tmp_path / "house", staff, shop)


def _caller(secret: str) -> Callable[..., Any]:
    def call(path: str, body: dict[str, Any], key: str = "") -> Any:
        headers = {"authorization": f"Bearer {secret}"} | ({"idempotency-key": key} if key else {})
        answer = Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert answer.status_code in (200, 201, 202), answer.content
        return answer.json()

    return call


def everything(*, now: datetime, ada: User, shop: Callable[..., Any], staff: Client, root: Path, tmp: Path) -> Contact:
    """The canary flies through every room."""
    stored(root)
    imported(tmp, IMPORTED)
    told = {"external_id": CANARY.external_id, "email": CANARY.email, "phone": CANARY.phone, "name": CANARY.name}
    shop("contacts", told | {"company": CANARY.company, "metadata": {"pet": NOTE}, "purchases_count": 2}, key="one")
    canary = Contact.objects.get(details__name=CANARY.name)
    imported(tmp, IMPORTED.replace(CANARY.company, f"{CANARY.company} and Sons"))
    campaign = campaign_made(slug="canary", default_owner=ada, known_customers="accept")
    rule_of(campaign, now=now)
    friend_coupon(campaign, now=now)
    as_an_advocate(canary, campaign, ada, now=now)
    as_a_friend(campaign, shop, ada, now=now)
    as_a_customer(canary, campaign, ada, now=now)
    with_money(canary, ada, now=now)
    twin = contact_of(TWIN, source="crm")
    contacts_merge(kept=canary, gone=twin, actor=ada, reason=f"{CANARY.name} twice", now=now)
    looked_for(staff, canary, ada, now=now)
    rewards_evaluate(now)
    messages_send(now + timedelta(seconds=1))
    # One that still waits when the person is forgotten.
    portal_link_request(address=CANARY.email, now=now + timedelta(minutes=1))
    return Contact.objects.get(pk=canary.pk)


def imported(tmp: Path, text: str) -> None:
    """By a command, which reads a file where it lies; what an operator keeps there is the operator's."""
    file = tmp / "crm-export.csv"
    file.write_text(text)
    call_command("contacts_import", str(file), source="crm")
    for left in tmp.glob("crm-export.csv*"):
        left.unlink()


def stored(root: Path) -> None:
    """Files that were handed in over the console."""
    (root / "a1").write_text(IMPORTED)
    (root / "a1.refused.csv").write_text(f"line,reason\n9,{CANARY.name} has no address\n")
    (root / "b2").write_bytes("name;mail\nQUILLON ZEPHYRHAWK-ÖBERG;-\n".encode("utf-16"))
    (root / "c3").write_text("email\nsomebody@mail.example\n")
    facts = {"kind": "contacts", "source": "crm", "status": ImportRun.Status.DONE}
    ImportRun.objects.create(**facts, file_name="customers.csv", path="a1", refused_path="a1.refused.csv")
    ImportRun.objects.create(**facts | {"status": "draft"}, file_name="second.csv", path="b2")
    ImportRun.objects.create(**facts, file_name="third.csv", path="c3")


def as_an_advocate(canary: Contact, campaign: Campaign, ada: User, *, now: datetime) -> None:
    asked = asks_send(campaign=campaign, contacts=[canary], actor=ada, now=now)
    assert asked.asked == 1, asked
    referral = referred(enrolment_create(campaign=campaign, contact=canary, now=now)[0], now=now, note=NOTE)
    won(referral, now=now)
    link = portal_link_create(contact=canary, now=now)
    Client().post("/" + link.split("/", 3)[3])


def as_a_friend(campaign: Campaign, shop: Callable[..., Any], ada: User, *, now: datetime) -> None:
    """Of Lena's; over the form, by a colleague's note, and as another system tells of a purchase."""
    lena = enrolled(campaign, now=now, person=LENA)
    referral = referral_submit(
        enrolment=lena,
        friend=_facts(),
        source="console",
        method=Referral.Method.STAFF,
        evidence={"visitor": "f" * 32, "address": "a" * 64},
        note=NOTE,
        now=now,
    )
    referral_move(referral=referral, to=Referral.Status.LOST, actor=ada, now=now, reason=f"{CANARY.name} {NOTE}")
    another = campaign_made(slug="canary-two", default_owner=ada, known_customers="accept")
    entry = Entry(
        enrolment=enrolled(another, now=now, person=LENA),
        source=ReferralEvent.LANDING,
        method=Referral.Method.COOKIE,
        consent=FriendConsent(source="landing", given_at=now, text_version="v1"),
        event_id="form-1",
    )
    friend_claim(entry=entry, friend=_facts(), now=now)
    event = {"event_id": "order-1", "type": "purchase", "amount": 5000, "currency": "USD"}
    friend = {"email": CANARY.email, "name": CANARY.name, "phone": CANARY.phone}
    shop("events", event | {"friend": friend, "region": "peregrine hill", "metadata": {"pet": NOTE}}, key="two")


def _facts() -> ContactFacts:
    return ContactFacts(email=CANARY.email, name=CANARY.name, phone=CANARY.phone)


def as_a_customer(canary: Contact, campaign: Campaign, ada: User, *, now: datetime) -> None:
    said: dict[str, Any] = {"contact": canary, "source": "shop", "occurred_at": now, "now": now}
    nps_record(**said, score=10, via=NpsAnswer.Via.STAFF, event_id="nps-1", comment=NOTE, actor=ada)
    moment_record(
        **said, kind=Moment.Kind.PUBLIC_PRAISE, event_id="mom-1", note=NOTE, metadata={"who": CANARY.name}, actor=ada
    )
    Words.objects.create(
        contact=canary,
        campaign=campaign,
        text=NOTE,
        shown_name=CANARY.name,
        language="en",
        places=["website"],
        consent_version="t1",
        consented_at=now,
    )
    circle_choose(contact=canary, status=CircleChoice.Status.MEMBER, actor=ada, reasons=[], note=NOTE, now=now)
    for channel in Consent.Channel.values:
        consent_record(contact=canary, channel=channel, basis="opt_in", source="form", given_at=now, text_version="v1")


def with_money(canary: Contact, ada: User, *, now: datetime) -> None:
    """An account, money that is owed, a reward that a colleague declined with a sentence."""
    payout_method_set(contact=canary, holder=HOLDER, iban=IBAN, now=now)
    approved_cash(canary, 2_500, now=now)
    rewards_evaluate(now)
    pending = Reward.objects.filter(contact=canary, status=Reward.Status.PENDING).first()
    if pending:
        reward_decline(reward=pending, actor=ada, reason=f"{CANARY.name} {NOTE}", now=now)


def looked_for(staff: Client, canary: Contact, ada: User, *, now: datetime) -> None:
    staff.get(reverse("admin:search"), {"q": "zephyrhawk"})
    staff.get(reverse("admin:advocates_contact_changelist"), {"q": CANARY.email})
    staff.get(reverse("admin:advocates_contact_change", args=[canary.pk]))
    contact_export(contact=canary, now=now, actor=ada)


# --- the canary is there, and then it is not --------------------------------------------------------------------------


def test_a_person_who_asked_to_be_forgotten_is_found_nowhere(
    house: House, ada: User, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    before = house.found()
    assert len(before) > 15, f"the canary has to be everywhere before: {sorted(before)}"
    books = ledger_sums()
    assert books
    caplog.set_level(logging.DEBUG)

    erasure = contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)

    assert house.found() == {}
    assert not found_in(caplog.text + "".join(capfd.readouterr()))
    assert not found_in(json.dumps([erasure.counts, erasure.key_hashes]))
    assert ledger_sums() == books
    assert ledger_problems() == []


def test_nothing_was_logged_of_a_person_who_went_through_everything(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    said = "\n".join(record.getMessage() for phase in ("setup", "call") for record in caplog.get_records(phase))
    assert not found_in(said)


def test_the_same_file_brings_nobody_back(house: House, ada: User, tmp_path: Path) -> None:
    contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)
    file = tmp_path / "again.csv"
    file.write_text(IMPORTED)

    call_command("contacts_import", str(file), source="crm")

    assert found_in_tables() == {}
    run = ImportRun.objects.latest("pk")
    assert (run.created_count, run.updated_count, run.refused_count) == (0, 0, 2)


def test_whoever_comes_back_by_themselves_is_somebody_new_who_is_not_asked(house: House, ada: User) -> None:
    contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)

    house.shop("contacts", {"email": CANARY.email, "name": CANARY.name, "purchases_count": 1})

    anew = Contact.objects.get(details__name=CANARY.name)
    assert anew != house.canary
    assert not Contact.objects.get(pk=house.canary.pk).keys.exists()
    assert is_suppressed(CANARY.email, scope=Suppression.Scope.ASKS)


def test_other_people_and_their_files_stay(house: House, ada: User) -> None:
    contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)

    assert contact_of(LENA).details.name == LENA.name
    assert Contact.objects.filter(details__name=BEN.name, erased_at=None).exists()
    assert (house.folder / "imports" / "c3").exists()
    assert ImportRun.objects.get(path="c3").error == ""


def test_a_replayed_call_is_told_that_the_answer_is_gone(house: House, ada: User) -> None:
    contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)
    assert IdempotentAnswer.objects.get(key="one").response_status == 410


def test_what_slipped_in_at_that_moment_goes_with_the_next_round(house: House, ada: User) -> None:
    contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)
    Moment.objects.create(
        contact=house.canary, kind="public_praise", source="shop", event_id="late", note=NOTE, occurred_at=house.now
    )

    erasures_repeat(house.now + timedelta(hours=1))

    assert house.found() == {}


ERASERS = (
    "advocates.contact",
    "advocates.contactkey",
    "advocates.contactdetails",
    "advocates.moment",
    "advocates.npsanswer",
    "advocates.importchange",
    "campaigns.idempotentanswer",
    "campaigns.outboundmessage",
    "campaigns.testimonial",
    "referrals.referral",
    "referrals.referralevent",
    "rewards.payoutmethod",
)


def test_without_one_of_its_erasers_the_canary_is_found(
    house: House, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: each eraser is switched off in turn, and the search finds what it would have erased."""
    blind = [name for name in ERASERS if not _found_without(name, house, ada, monkeypatch)]
    assert not blind, f"the search does not see what these erase: {blind}"


class _Undo(Exception):
    pass


def _found_without(name: str, house: House, ada: User, monkeypatch: pytest.MonkeyPatch) -> bool:
    entry = PERSONAL_DATA[name]
    found: dict[str, set[str]] = {}
    with monkeypatch.context() as patch:
        patch.setitem(PERSONAL_DATA._entries, name, dataclasses.replace(entry, erase=nothing_erased))
        try:
            with transaction.atomic():
                contact_erase(contact=house.canary, way=Erasure.Way.STAFF, actor=ada, now=house.now)
                found = found_in_tables()
                raise _Undo
        except _Undo:
            pass
    return name.replace(".", "_") in found
