from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from advocates.errors import BadEmail, BadPhone
from advocates.identity import email_key, external_key, is_disposable, phone_key
from tests.advocates.aliases import ALIKE, APART

LOCALS = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9]|[._-][a-zA-Z0-9]){0,15}(\+[a-z0-9]{1,8})?", fullmatch=True)
DOMAINS = st.sampled_from(["gmail.com", "GoogleMail.com", "posteo.de", "bücher.de", "mail.example", "Sub.Example.ORG"])
ADDRESSES = st.builds("{}@{}".format, LOCALS, DOMAINS)


@given(ADDRESSES)
def test_the_key_of_a_key_is_itself(address):
    key = email_key(address)
    assert email_key(key.value).value == key.value
    assert email_key(key.strict).strict == key.strict


@given(ADDRESSES)
def test_case_and_blanks_around_never_make_another_person(address):
    assert email_key(f"  {address.upper()} ").value == email_key(address).value


@given(ADDRESSES)
def test_whoever_has_one_key_has_one_strict_key(address):
    key = email_key(address)
    assert email_key(key.value).strict == key.strict
    assert email_key(key.shown).value == key.value


@given(st.from_regex(r"[a-z0-9]{2,10}", fullmatch=True), st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True))
def test_dots_and_plus_are_one_mailbox_at_gmail_and_two_elsewhere(local, tag):
    dotted = f"{local[0]}.{local[1:]}"
    assert email_key(f"{dotted}+{tag}@googlemail.com").value == f"{local}@gmail.com"
    assert email_key(f"{dotted}@posteo.de").value != email_key(f"{local}@posteo.de").value
    assert email_key(f"{local}+{tag}@posteo.de").value != email_key(f"{local}@posteo.de").value
    assert email_key(f"{local}+{tag}@posteo.de").strict == email_key(f"{local}@posteo.de").strict


def test_a_domain_is_one_in_its_own_letters_and_in_ascii():
    assert email_key("lena@bücher.de").value == email_key("lena@xn--bcher-kva.de").value == "lena@xn--bcher-kva.de"


def test_wide_letters_are_the_usual_ones():
    assert email_key("ｌｅｎａ＠ｐｏｓｔｅｏ．ｄｅ").value == "lena@posteo.de"


def test_the_address_is_shown_as_the_person_writes_it():
    assert email_key("Lena.Vogt+shop@GMail.com").shown == "Lena.Vogt+shop@gmail.com"


@pytest.mark.parametrize(
    "address", ["", "lena", "lena@", "@posteo.de", "a b@posteo.de", "a@localhost", "Lena <lena@posteo.de>", "a\0@b.de",
                "a@b.de\nBcc: c@d.de", "x" * 300 + "@posteo.de"]
)  # fmt: skip
def test_what_mail_cannot_reach_is_refused(address):
    with pytest.raises(BadEmail):
        email_key(address)


@given(st.text(max_size=60))
def test_any_text_is_a_key_or_a_refusal(text):
    with suppress(BadEmail):
        assert email_key(text).value.isprintable()


def test_a_number_is_one_however_it_is_written():
    assert phone_key("030 901820", country="DE").value == phone_key("+49 (30) 90-18-20").value == "+4930901820"


def test_an_extension_is_another_telephone():
    assert phone_key("+49 30 901820 ext. 7").value == "+4930901820;ext=7"


@pytest.mark.parametrize("number", ["", "12", "030 901820", "call me", "+49", "+1" + "2" * 30])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(BadPhone):
        phone_key(number)


def test_a_mailbox_for_minutes_is_known_also_below_its_domain():
    assert is_disposable("a@mailinator.com")
    assert is_disposable("a@deep.below.mailinator.com")
    assert not is_disposable("a@posteo.de")


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_a_provider_calls_one_mailbox_is_one_person(one, other):
    assert email_key(one).value == email_key(other).value


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_only_looks_alike_stays_two_people(one, other):
    assert email_key(one).value != email_key(other).value


def test_sixty_pairs_are_known_and_sixty_kept_apart():
    assert min(len(ALIKE), len(APART)) >= 60
    assert len(set(ALIKE)) == len(ALIKE)
    assert len(set(APART)) == len(APART)


@given(st.from_regex(r"[a-zA-Z0-9._+-]{1,12}@[a-zA-Z0-9.-]{1,10}\.(com|de|test|localhost)", fullmatch=True))
def test_the_quick_way_says_what_the_whole_check_says(address):
    """Full width goes the long way round: its letters are the same ones."""
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in address)
    assert answer(address) == answer(wide)


def answer(address):
    try:
        return email_key(address)
    except BadEmail:
        return None


@pytest.mark.parametrize(
    ("written", "value"),
    [("C-1001", "C-1001"), (" C-1001 ", "C-1001"), ("Ｃ－１００１", "C-1001"), ("①", "1"), ("c-1001", "c-1001")],
)
def test_a_customer_number_is_one_in_any_width_but_not_in_any_case(written, value):
    assert external_key(written) == value
