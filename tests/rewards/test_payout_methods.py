import string
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given, strategies as st

from advocates.models import AuditEntry, Contact, ContactKey
from campaigns.models import OutboundMessage, PortalLink
from campaigns.portal.shell import ENTERED_KEY, FRESH, SESSION_KEY
from config.lib import clock
from rewards.errors import BadIban
from rewards.iban import LENGTHS, checksum_rest, iban_normalise
from rewards.models import MoneyPolicy, PayoutMethod
from rewards.services.payout_methods import BankAccount, bank_account, payout_method_of, payout_method_set
from tests.cast import INGRID, LENA, contact_of
from tests.factories.payouts import IBAN_DE, IBAN_GB, IBAN_NO, account_given, approved_cash

PAGE = "/portal/payout-method/"


# --- account numbers --------------------------------------------------------------------------------------------------

RIGHT = [
    ("DE89370400440532013000", "DE89370400440532013000"),
    ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("GB82-WEST-1234-5698-7654-32", "GB82WEST12345698765432"),
    ("NO93 8601 1117 947", "NO9386011117947"),
    ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
    ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
    ("CH93 0076 2011 6238 5295 7", "CH9300762011623852957"),
    ("\tNL91\u00a0ABNA\u00a00417164300\n", "NL91ABNA0417164300"),
]


@pytest.mark.parametrize(("typed", "stored"), RIGHT)
def test_an_account_number_is_taken_as_people_write_it(typed: str, stored: str) -> None:
    assert iban_normalise(typed) == stored


WRONG = [
    "",
    "DE",
    "DE88370400440532013000",  # one check digit off
    "DE89370400440532010300",  # two digits swapped
    "DE8937040044053201300",  # one short
    "DE893704004405320130000",  # one long
    "US64SVBKUS6S3300958879",  # the United States have none
    "XX89370400440532013000",
    "DEX9370400440532013000",
    "DE8937040044053201300O",  # the letter
    "DE89 3704 0044 0532 0130 ００",  # full width
    "=DE89370400440532013000",
    "DE89370400440532013000\0",
    "'; DROP TABLE rewards_payoutmethod; --",
    "9" * 60,
]


@pytest.mark.parametrize("typed", WRONG)
def test_a_wrong_account_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadIban) as refusal:
        iban_normalise(typed)
    assert str(refusal.value).endswith(".")


@st.composite
def account_numbers(draw: st.DrawFn) -> str:
    """Any right IBAN: a country, a random account, the check digits that ISO 7064 asks for."""
    country = draw(st.sampled_from(sorted(LENGTHS)))
    alphabet = string.digits + string.ascii_uppercase
    account = draw(st.text(alphabet, min_size=LENGTHS[country] - 4, max_size=LENGTHS[country] - 4))
    return f"{country}{98 - checksum_rest(f'{country}00{account}'):02d}{account}"


@given(account_numbers())
def test_every_right_account_number_is_taken(iban: str) -> None:
    assert iban_normalise(iban.lower()) == iban


@given(account_numbers(), st.data())
def test_one_wrong_character_is_always_found(iban: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(iban) - 1))
    kind = string.digits if iban[place].isdigit() else string.ascii_uppercase
    other = data.draw(st.sampled_from([character for character in kind if character != iban[place]]))
    with pytest.raises(BadIban):
        iban_normalise(iban[:place] + other + iban[place + 1 :])


# --- what is kept -----------------------------------------------------------------------------------------------------


@pytest.fixture
def lena(db: None) -> Contact:
    return contact_of(LENA)


def test_the_account_is_sealed_masked_and_noted(lena: Contact, now: datetime) -> None:
    method = payout_method_set(contact=lena, holder=" Lena  Vogt ", iban=IBAN_DE.lower(), now=now)

    assert bank_account(method) == BankAccount("Lena Vogt", IBAN_DE)
    assert method.masked == "DE •••• 3000"
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rewards_payoutmethod")
        stored = str(cursor.fetchall())
    assert "Vogt" not in stored
    assert "440532013000" not in stored
    entry = AuditEntry.objects.get(verb="payout_method_set")
    assert entry.object_id == method.public_id
    assert "3000" not in str(entry.before), "the trail cannot be erased"


def test_a_new_account_replaces_the_old_one_which_stays_on_record(lena: Contact, now: datetime) -> None:
    old = account_given(lena, IBAN_DE, now=now)
    new = account_given(lena, IBAN_NO, now=now + timedelta(days=1))

    assert payout_method_of(lena) == new
    old.refresh_from_db()
    assert old.replaced_at == now + timedelta(days=1)
    assert AuditEntry.objects.filter(verb="payout_method_set").count() == 2


def test_of_a_change_the_owner_hears_at_every_address(lena: Contact, company: Any, now: datetime) -> None:
    ContactKey.objects.create(contact=lena, kind="email", source="", value="old@example.org", shown="Old@example.org")
    first = account_given(lena, IBAN_DE, now=now)
    assert first.usable_from is None
    assert not OutboundMessage.objects.filter(mail="payout_method_changed").exists(), "nothing was changed yet"

    second = account_given(lena, IBAN_NO, now=now)
    assert second.usable_from == now + timedelta(days=3)
    mails = OutboundMessage.objects.filter(mail="payout_method_changed")
    assert "Old@example.org" in mails.values_list("to_address", flat=True)
    assert mails.count() == lena.keys.filter(kind="email").count() == 2
    assert "NO •••• 7947" in mails[0].text
    assert IBAN_NO not in mails[0].text


def test_the_company_says_how_long_a_changed_account_rests(lena: Contact, now: datetime) -> None:
    MoneyPolicy.objects.create(resting_days=10)
    account_given(lena, IBAN_DE, now=now)
    assert account_given(lena, IBAN_NO, now=now).usable_from == now + timedelta(days=10)


def test_the_same_account_said_again_changes_nothing(lena: Contact, now: datetime) -> None:
    first = account_given(lena, IBAN_DE, now=now)
    assert account_given(lena, "DE89 3704 0044 0532 0130 00", now=now) == first
    assert PayoutMethod.objects.count() == 1


def test_another_name_on_the_same_account_is_a_change(lena: Contact, now: datetime) -> None:
    account_given(lena, IBAN_DE, now=now, holder="Lena Vogt")
    account_given(lena, IBAN_DE, now=now, holder="Lena Vogt-Maier")
    method = payout_method_of(lena)
    assert method is not None
    assert bank_account(method).holder == "Lena Vogt-Maier"


def test_a_wrong_number_leaves_the_old_account(lena: Contact, now: datetime) -> None:
    account = account_given(lena, IBAN_DE, now=now)
    with pytest.raises(BadIban):
        account_given(lena, "DE00370400440532013000", now=now)
    assert payout_method_of(lena) == account


def test_one_account_of_two_people_can_be_found_without_reading_it(lena: Contact, now: datetime) -> None:
    ingrid = contact_of(INGRID)
    mine, hers = account_given(lena, IBAN_GB, now=now), account_given(ingrid, IBAN_GB, now=now)
    other = account_given(ingrid, IBAN_NO, now=now)
    assert mine.fingerprint == hers.fingerprint
    assert other.fingerprint != mine.fingerprint


def test_the_database_keeps_one_account_a_person(lena: Contact, now: datetime) -> None:
    standing = account_given(lena, IBAN_DE, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutMethod.objects.create(
            contact=lena, sealed="x", masked="x", fingerprint="x", live_key=standing.live_key, created_at=now
        )


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def portal(lena: Contact, company: Any, client: Client) -> Client:
    """Lena's browser, just signed in to the portal."""
    session = client.session
    session[SESSION_KEY] = lena.pk
    session[ENTERED_KEY] = clock.now().isoformat()
    session.save()
    return client


def test_the_page_asks_who_is_not_signed_in_to_sign_in(db: None, company: Any, client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/portal/sign-in/?next=")


def test_the_page_saves_the_account_and_shows_it_masked(portal: Client, lena: Contact) -> None:
    answer = portal.post(PAGE, {"holder": "Lena Vogt", "iban": "de89 3704 0044 0532 0130 00"})
    assert answer.status_code == 302
    assert payout_method_of(lena) is not None
    page = portal.get(PAGE).content.decode()
    assert "DE •••• 3000" in page
    assert IBAN_DE not in page


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(portal: Client, lena: Contact) -> None:
    answer = portal.post(PAGE, {"holder": "Lena Vogt", "iban": "DE88370400440532013000"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "is-invalid" in page
    assert "Lena Vogt" in page
    assert payout_method_of(lena) is None


def test_on_a_device_left_signed_in_nobody_can_say_where_money_goes(portal: Client, lena: Contact) -> None:
    session = portal.session
    session[ENTERED_KEY] = (clock.now() - FRESH - timedelta(seconds=1)).isoformat()
    session.save()
    page = portal.get(PAGE).content.decode()
    assert 'name="iban"' not in page
    assert portal.post(PAGE, {"holder": "Mallory", "iban": IBAN_DE}).status_code == 200
    assert payout_method_of(lena) is None

    assert portal.get(f"{PAGE}again/").status_code == 405
    portal.post(f"{PAGE}again/")
    mail = OutboundMessage.objects.get(mail="portal_link")
    assert mail.contact == lena
    assert PortalLink.objects.get().next_path == PAGE


def test_a_changed_account_rests_and_says_so(portal: Client, lena: Contact) -> None:
    portal.post(PAGE, {"holder": "Lena Vogt", "iban": IBAN_DE})
    assert "We pay to it from" not in portal.get(PAGE).content.decode()
    portal.post(PAGE, {"holder": "Lena Vogt", "iban": IBAN_NO})
    assert "We pay to it from" in portal.get(PAGE).content.decode()


@pytest.mark.parametrize("field", ["holder", "iban"])
@pytest.mark.parametrize("value", ["", "x" * 10_000, "\0", "<script>alert(1)</script>\0"])
def test_bad_input_is_answered_in_place(portal: Client, lena: Contact, field: str, value: str) -> None:
    facts = {"holder": "Lena Vogt", "iban": IBAN_DE} | {field: value}
    answer = portal.post(PAGE, facts)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert payout_method_of(lena) is None


def test_the_portal_asks_for_an_account_while_money_waits_for_it(portal: Client, lena: Contact, now: datetime) -> None:
    assert PAGE not in portal.get("/portal/").content.decode()
    approved_cash(lena, 2_500, now=now)
    assert PAGE in portal.get("/portal/").content.decode()
    account_given(lena, now=now)
    assert PAGE not in portal.get("/portal/").content.decode()
    MoneyPolicy.objects.create(minimums={"EUR": 3_000})
    assert "We pay as soon as €30.00 has come together." in portal.get("/portal/rewards/").content.decode()
