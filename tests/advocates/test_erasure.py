"""Taking everything along, and being forgotten: by staff, by the person, by another system, by a command."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from advocates import people
from advocates.errors import ErasureRefused
from advocates.forgotten import erased_hashes, hash_of, is_forgotten
from advocates.models import AuditEntry, Consent, Contact, ContactKey, Erasure, ImportRun, User
from advocates.services.audit import audit
from advocates.services.consents import consent_record
from advocates.services.contacts import ContactFacts, contact_upsert
from advocates.services.erasure import contact_erase, open_matters
from advocates.services.export import contact_export
from advocates.services.merging import contacts_merge
from advocates.words import words_of
from campaigns.models import Company, Enrolment, OutboundMessage
from campaigns.portal.your_data import DOWNLOADS_AN_HOUR
from campaigns.services.enrolments import enrolment_create
from campaigns.services.portal import portal_link_create
from config.lib import clock
from referrals.models import Referral
from rewards.models import Payout, PayoutMethod
from rewards.services.payouts import payout_run_prepare
from tests.cast import BEN, LENA, MEI, OMAR, contact_of
from tests.factories.campaigns import campaign_made
from tests.factories.payouts import IBAN_DE, account_given, approved_cash, balances
from tests.factories.referrals import enrolled, referred

pytestmark = pytest.mark.django_db


@pytest.fixture
def lena(company: Company) -> Contact:
    return contact_of(LENA, purchases_count=2)


def forgotten(contact: Contact, *, now: datetime, **how: Any) -> Erasure:
    return contact_erase(contact=contact, way=Erasure.Way.STAFF, now=now, **how)


def keys_of(**wanted: str) -> list[ContactKey]:
    return [ContactKey(**wanted)]


class TestForgetting:
    def test_the_stub_stays_for_foreign_keys_and_has_no_name(self, lena: Contact, ada: User, now: datetime) -> None:
        erasure = forgotten(lena, now=now, actor=ada)
        lena = Contact.objects.get(pk=lena.pk)
        assert (lena.erased_at, str(lena), lena.purchases_count) == (now, lena.public_id, 2)
        assert not lena.keys.exists()
        assert erasure.counts["advocates.contactkey"] == 3
        entry = AuditEntry.objects.get(verb="contact.erased")
        assert (entry.actor, entry.object_id) == (ada, lena.public_id)

    def test_a_second_time_gives_the_first_erasure(self, lena: Contact, now: datetime) -> None:
        first = forgotten(lena, now=now)
        assert forgotten(lena, now=now + timedelta(days=1)) == first
        assert AuditEntry.objects.filter(verb="contact.erased").count() == 1

    def test_whoever_was_merged_into_them_is_forgotten_too(self, lena: Contact, ada: User, now: datetime) -> None:
        twin = contact_of(OMAR)
        contacts_merge(kept=lena, gone=twin, actor=ada, reason="one person", now=now)
        erasure = forgotten(Contact.objects.get(pk=twin.pk), now=now)
        assert erasure.contact == lena
        assert not Contact.objects.filter(pk__in=[lena.pk, twin.pk], erased_at=None).exists()
        assert not ContactKey.objects.exists()
        assert AuditEntry.objects.get(verb="contacts_merge").reason == ""

    def test_consents_stay_as_proof_and_stand_no_more(self, lena: Contact, now: datetime) -> None:
        consent_record(contact=lena, channel="email", basis="opt_in", source="form", given_at=now, text_version="v2")
        forgotten(lena, now=now)
        consent = Consent.objects.get()
        assert (consent.withdrawn_at, consent.text_version) == (now, "v2")

    def test_links_lead_to_the_friendly_page(self, lena: Contact, client: Client, now: datetime) -> None:
        enrolment = enrolment_create(campaign=campaign_made(), contact=lena, now=now)[0]
        url = reverse("referrals:follow", args=[enrolment.code])
        forgotten(lena, now=now)
        assert Enrolment.objects.get().status == Enrolment.Status.DISABLED
        answer = client.get(url, follow=True)
        assert answer.status_code in (200, 404, 410)
        assert LENA.public_name not in answer.content.decode()

    def test_mails_that_wait_are_stopped_also_those_that_name_them_to_others(
        self, lena: Contact, now: datetime
    ) -> None:
        referral = referred(enrolled(campaign_made(), now=now), now=now)
        forgotten(referral.friend, now=now)
        mails = OutboundMessage.objects.all()
        assert {mail.status for mail in mails} == {OutboundMessage.Status.STOPPED}
        assert {mail.text for mail in mails} == {""}
        to_lena = mails.get(contact=lena)
        assert to_lena.to_address == LENA.email, "the other side's address is hers"

    def test_what_is_said_on_a_referral_goes_and_the_referral_stays(self, lena: Contact, now: datetime) -> None:
        referral = referred(enrolled(campaign_made(), now=now), now=now, note="Ben plays chess with Lena")
        forgotten(lena, now=now)
        referral.refresh_from_db()
        assert (referral.note, referral.advocate) == ("", lena)
        assert referral.friend.details.name == BEN.name
        assert Referral.objects.count() == 1

    def test_the_trail_keeps_that_it_happened_and_loses_what_was_typed(
        self, lena: Contact, ada: User, now: datetime
    ) -> None:
        audit(verb="test", row=lena, actor=ada, reason="Lena asked on the phone")
        other = audit(verb="test", row=contact_of(OMAR), actor=ada, reason="Omar asked")
        forgotten(lena, now=now)
        assert AuditEntry.objects.get(verb="test", object_id=lena.public_id).reason == ""
        other.refresh_from_db()
        assert other.reason == "Omar asked"


class TestMoney:
    def test_a_payment_under_way_stops_it(self, lena: Contact, tom: User, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        account_given(lena, now=now)
        payout_run_prepare(unit="EUR", actor=tom, now=now)
        with pytest.raises(ErasureRefused, match="payment") as refusal:
            forgotten(lena, now=now)
        assert refusal.value.extra["reason"] == "payment_under_way"
        assert contact_of(LENA).details.name == LENA.name

    def test_unpaid_money_is_said_and_stays_in_the_books(self, lena: Contact, now: datetime) -> None:
        approved_cash(lena, 2_500, now=now)
        before = balances(lena)
        [matter] = open_matters(lena)
        assert "25" in str(matter.sentence)
        assert not matter.stops
        forgotten(lena, now=now)
        assert balances(lena) == before == {"owed": 2_500}

    def test_an_account_that_was_paid_to_leaves_a_row_without_a_number(
        self, lena: Contact, tom: User, now: datetime
    ) -> None:
        approved_cash(lena, 2_500, now=now)
        account_given(lena, IBAN_DE, now=now)
        payout_run_prepare(unit="EUR", actor=tom, now=now)
        Payout.objects.update(status=Payout.Status.SETTLED, settled_at=now)
        forgotten(lena, now=now)
        method = PayoutMethod.objects.get()
        assert (method.sealed, method.fingerprint, method.masked) == ("", "", "–")
        assert PayoutMethod.objects.standing().count() == 0


class TestFiles:
    def file(self, settings: Any, tmp_path: Path, content: bytes, status: str) -> ImportRun:
        settings.IMPORT_ROOT = tmp_path
        (tmp_path / "f").write_bytes(content)
        return ImportRun.objects.create(kind="contacts", source="crm", file_name="f.csv", path="f", status=status)

    @pytest.mark.parametrize(
        "row",
        ["LENA.VOGT@posteo.example", "Ｌｅｎａ  Vogt", "030 / 90 18 20", "+49-30-901820"],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_a_file_that_names_them_is_deleted_however_it_writes_them(
        self, lena: Contact, settings: Any, tmp_path: Path, row: str, encoding: str, now: datetime
    ) -> None:
        run = self.file(settings, tmp_path, f"what;x\n{row};1\n".encode(encoding), ImportRun.Status.DONE)
        forgotten(lena, now=now)
        run.refresh_from_db()
        assert not (tmp_path / "f").exists()
        assert run.path == ""
        assert "asked to be forgotten" in run.error

    def test_a_file_of_other_people_stays(self, lena: Contact, settings: Any, tmp_path: Path, now: datetime) -> None:
        self.file(settings, tmp_path, b"email\nomar@mail.example\n", ImportRun.Status.DONE)
        forgotten(lena, now=now)
        assert (tmp_path / "f").exists()

    def test_a_file_that_is_being_read_stops_it(
        self, lena: Contact, settings: Any, tmp_path: Path, now: datetime
    ) -> None:
        self.file(settings, tmp_path, b"email\nlena.vogt@posteo.example\n", ImportRun.Status.RUNNING)
        with pytest.raises(ErasureRefused) as refusal:
            forgotten(lena, now=now)
        assert refusal.value.extra["reason"] == "import_under_way"
        assert (tmp_path / "f").exists()

    def test_a_file_that_waits_is_not_read_any_more(
        self, lena: Contact, settings: Any, tmp_path: Path, now: datetime
    ) -> None:
        run = self.file(settings, tmp_path, b"email\nlena.vogt@posteo.example\n", ImportRun.Status.DRAFT)
        forgotten(lena, now=now)
        run.refresh_from_db()
        assert run.status == ImportRun.Status.CANCELLED

    def test_a_file_named_after_them_loses_its_name(
        self, lena: Contact, settings: Any, tmp_path: Path, now: datetime
    ) -> None:
        run = self.file(settings, tmp_path, b"email\nlena.vogt@posteo.example\n", ImportRun.Status.DONE)
        ImportRun.objects.update(file_name="lena_vogt.csv")
        forgotten(lena, now=now)
        run.refresh_from_db()
        assert run.file_name == "–"

    def test_a_name_of_ideographs_is_a_word_and_a_short_latin_one_is_not(self) -> None:
        assert words_of([contact_of(MEI)]).are_in("客户:陈美;北京")
        li = contact_upsert(
            facts=ContactFacts(email="li@mail.example", name="Li"), source="crm", now=clock.now()
        ).contact
        assert not words_of([li]).are_in("a list of clients")


class TestRecognising:
    def test_a_key_is_recognised_by_its_hash_only(self, lena: Contact, now: datetime) -> None:
        erasure = forgotten(lena, now=now)
        assert LENA.email not in str(erasure.key_hashes)
        assert hash_of("email", LENA.email) in erased_hashes()
        assert is_forgotten(keys_of(kind="external", source="shop", value="C-1001"), among=erased_hashes())
        assert not is_forgotten(keys_of(kind="external", source="crm", value="C-1001"), among=erased_hashes())

    def test_a_shared_phone_number_alone_does_not_make_somebody_forgotten(self, lena: Contact, now: datetime) -> None:
        forgotten(lena, now=now)
        phone = ContactKey(kind="phone", value=LENA.phone)
        address = ContactKey(kind="email", value="her.husband@mail.example")
        assert is_forgotten([phone], among=erased_hashes())
        assert not is_forgotten([phone, address], among=erased_hashes())

    def test_a_change_of_the_key_does_not_make_us_forget_whom_we_forgot(
        self, lena: Contact, settings: Any, now: datetime
    ) -> None:
        forgotten(lena, now=now)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another key of this installation, long enough to be one"
        assert is_forgotten(keys_of(kind="email", source="", value=LENA.email), among=erased_hashes())


class TestExport:
    def test_every_registered_table_has_its_section(self, lena: Contact, now: datetime) -> None:
        told = contact_export(contact=lena, now=now)
        assert [section["table"] for section in told["sections"]] == [entry.name for entry in people.tables()]
        assert json.loads(json.dumps(told)) == told
        assert AuditEntry.objects.get(verb="contact.exported").object_id == lena.public_id

    def test_everything_about_the_person_stands_in_it(self, lena: Contact, now: datetime) -> None:
        consent_record(contact=lena, channel="phone", basis="by_phone", source="console", given_at=now)
        account_given(lena, now=now)
        text = json.dumps(contact_export(contact=lena, now=now), ensure_ascii=False)
        for said in (LENA.name, LENA.email, LENA.external_id, "by_phone", "DE •••• 3000"):
            assert said in text, said

    def test_nobody_else_stands_in_it(self, lena: Contact, now: datetime) -> None:
        referral = referred(enrolled(campaign_made(), now=now), now=now, note="Ben plays chess with Lena")
        of_lena = json.dumps(contact_export(contact=lena, now=now))
        of_ben = json.dumps(contact_export(contact=referral.friend, now=now))
        assert BEN.name.split()[0] not in of_lena
        assert BEN.email not in of_lena
        assert LENA.email not in of_ben
        assert "campaigns.outboundmessage" in of_lena

    def test_it_holds_what_stands_under_merged_contacts_as_well(self, lena: Contact, ada: User, now: datetime) -> None:
        twin = contact_of(OMAR)
        contacts_merge(kept=lena, gone=twin, actor=ada, reason="one person", now=now)
        assert OMAR.email in json.dumps(contact_export(contact=twin, now=now))


class TestConsole:
    def page(self, contact: Contact, name: str) -> str:
        return reverse("admin:advocates_contact_verb", args=[contact.pk, name])

    def test_support_forgets_after_typing_the_word(self, lena: Contact, sam: User, client: Client) -> None:
        client.force_login(sam)
        approved_cash(lena, 2_500, now=clock.now())
        assert "25" in client.get(self.page(lena, "forget")).content.decode()
        client.post(self.page(lena, "forget"), {"typed": "yes"})
        assert not Erasure.objects.exists()
        client.post(self.page(lena, "forget"), {"typed": "Forget "})
        assert Erasure.objects.get().asked_by == sam

    def test_sales_may_neither_forget_nor_take_everything_out(self, lena: Contact, maya: User, client: Client) -> None:
        client.force_login(maya)
        for name in ("forget", "download-everything"):
            assert client.post(self.page(lena, name), {"typed": "forget"}).status_code == 403

    def test_everything_is_downloaded_by_post_only(self, lena: Contact, sam: User, client: Client) -> None:
        client.force_login(sam)
        url = self.page(lena, "download-everything")
        assert client.get(url)["Content-Type"].startswith("text/html")
        assert not AuditEntry.objects.filter(verb="contact.exported").exists()
        answer = client.post(url)
        assert answer.json()["id"] == lena.public_id
        assert "no-store" in answer["Cache-Control"]
        assert AuditEntry.objects.get(verb="contact.exported").actor == sam

    def test_the_list_of_erasures_names_nobody(self, lena: Contact, sam: User, client: Client) -> None:
        client.force_login(sam)
        erasure = forgotten(lena, now=clock.now(), actor=sam)
        page = client.get(reverse("admin:advocates_erasure_changelist")).content.decode()
        assert erasure.public_id in page
        assert client.get(reverse("admin:advocates_erasure_change", args=[erasure.pk])).status_code == 200
        assert client.get(reverse("admin:advocates_contact_change", args=[lena.pk])).status_code == 200

    def test_consents_are_found_by_whether_they_stand(self, lena: Contact, sam: User, client: Client) -> None:
        client.force_login(sam)
        consent_record(contact=lena, channel="phone", basis="by_phone", source="console", given_at=clock.now())
        url = reverse("admin:advocates_consent_changelist")
        assert LENA.name in client.get(url, {"withdrawn_at__isempty": "1"}).content.decode()
        assert LENA.name not in client.get(url, {"withdrawn_at__isempty": "0"}).content.decode()


class TestPortal:
    @pytest.fixture
    def portal(self, lena: Contact, client: Client) -> Client:
        link = portal_link_create(contact=lena, now=clock.now())
        client.post("/" + link.split("/", 3)[3])
        return client

    def test_a_person_takes_their_data_along_a_handful_of_times_an_hour(self, portal: Client) -> None:
        url = reverse("campaigns:portal_data")
        assert portal.get(url).status_code == 405
        assert portal.post(url).json()["format"] == "innercircle-person"
        for _again in range(DOWNLOADS_AN_HOUR - 1):
            assert portal.post(url).status_code == 200
        assert portal.post(url).status_code == 302

    def test_a_person_withdraws_a_consent(self, portal: Client, lena: Contact) -> None:
        consent_record(contact=lena, channel="phone", basis="by_phone", source="console", given_at=clock.now())
        settings_page = portal.get(reverse("campaigns:portal_settings")).content.decode()
        assert reverse("campaigns:portal_consent_withdraw", args=["phone"]) in settings_page
        portal.post(reverse("campaigns:portal_consent_withdraw", args=["phone"]))
        assert Consent.objects.get().withdrawn_at

    def test_a_person_is_forgotten_and_signed_out(self, portal: Client, lena: Contact) -> None:
        url = reverse("campaigns:portal_forget")
        assert b"for good" in portal.get(url).content
        assert not Erasure.objects.exists(), "looking changes nothing"
        assert b"You are forgotten" in portal.post(url).content
        assert Erasure.objects.get().way == Erasure.Way.PORTAL
        assert portal.get(url).status_code == 302

    def test_who_signed_in_long_ago_signs_in_again_first(self, portal: Client, lena: Contact) -> None:
        session = portal.session
        session["portal_entered_at"] = (clock.now() - timedelta(minutes=11)).isoformat()
        session.save()
        url = reverse("campaigns:portal_forget")
        assert b"sign in again" in portal.post(url).content
        assert not Erasure.objects.exists()
        portal.post(reverse("campaigns:portal_sign_in_again"))
        assert OutboundMessage.objects.get(mail="portal_link").to_address == LENA.email

    def test_a_payment_under_way_is_said_instead_of_a_button(self, portal: Client, lena: Contact, tom: User) -> None:
        approved_cash(lena, 2_500, now=clock.now())
        account_given(lena, now=clock.now())
        payout_run_prepare(unit="EUR", actor=tom, now=clock.now())
        url = reverse("campaigns:portal_forget")
        assert b"for good" not in portal.get(url).content
        portal.post(url)
        assert not Erasure.objects.exists()

    def test_other_devices_are_signed_out_as_well(self, portal: Client, lena: Contact) -> None:
        forgotten(lena, now=clock.now())
        assert portal.get(reverse("campaigns:portal")).status_code == 302


class TestCommands:
    def test_everything_is_printed(self, lena: Contact) -> None:
        out = StringIO()
        call_command("contact_export", LENA.email, stdout=out)
        assert json.loads(out.getvalue())["id"] == lena.public_id

    def test_nobody_is_forgotten_without_yes(self, lena: Contact) -> None:
        with pytest.raises(CommandError, match="--yes"):
            call_command("contact_erase", lena.public_id)
        out = StringIO()
        call_command("contact_erase", lena.public_id, "--yes", stdout=out)
        assert Erasure.objects.get().public_id in out.getvalue()

    def test_whom_nobody_knows_is_said(self, company: Company) -> None:
        with pytest.raises(CommandError, match="Nobody"):
            call_command("contact_export", "nobody@mail.example")

    def test_who_was_forgotten_is_listed_by_id(self, lena: Contact, now: datetime) -> None:
        forgotten(lena, now=now)
        out = StringIO()
        call_command("contacts_forgotten", stdout=out)
        assert out.getvalue() == f"{lena.public_id} 2026-11-16\n"


class TestTrailAndConsents:
    def test_the_guard_lets_a_reason_be_emptied_and_nothing_else(self, lena: Contact) -> None:
        entry = audit(verb="test", row=lena, reason="Lena said so")
        rows = AuditEntry.objects.filter(pk=entry.pk)
        for change in ({"reason": "another"}, {"reason": "", "verb": "other"}, {"after": {"x": 1}}):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                rows.update(**change)
        rows.update(reason="")
        assert rows.get().verb == "test"

    def test_a_consent_always_says_to_which_words(self, lena: Contact, sam: User, client: Client) -> None:
        consent_record(contact=lena, channel="email", basis="by_api", source="shop", given_at=clock.now())
        client.force_login(sam)
        client.post(reverse("admin:advocates_contact_verb", args=[lena.pk, "consent"]), {"channel": "phone"})
        versions = dict(Consent.objects.values_list("channel", "text_version"))
        assert versions == {"email": "not stated", "phone": "spoken-1"}
