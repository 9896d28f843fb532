import time

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given, strategies as st

from config.lib.signing import keyed_hash, keyed_hashes, open_sealed, seal, sign, token_hash, unsign

texts = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40)


@given(texts)
def test_what_we_signed_we_recognise(text):
    assert unsign("visit", sign("visit", text)) == text


@given(texts)
def test_a_token_for_one_purpose_is_worth_nothing_for_another(text):
    assert unsign("portal", sign("visit", text)) is None


@given(st.text(max_size=60))
def test_no_text_from_outside_is_taken_for_a_token(text):
    assert unsign("visit", text) is None


@given(texts, st.data())
def test_a_token_that_was_changed_in_one_place_is_refused(text, data):
    token = sign("visit", text)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != token[at]))
    assert unsign("visit", token[:at] + other + token[at + 1 :]) is None


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c", ".0." + "x" * 22, "a..b", "\x00", "ä.1.ö"])
def test_rubbish_is_refused_without_a_fuss(token):
    assert unsign("visit", token, max_age=10) is None


def test_a_token_grows_old():
    fresh, old = sign("visit", "x"), sign("visit", "x", at=int(time.time()) - 11)
    assert unsign("visit", fresh, max_age=10) == "x"
    assert unsign("visit", old, max_age=10) is None
    assert unsign("visit", old) == "x"


def test_a_text_may_hold_dots():
    assert unsign("visit", sign("visit", "a.b.c")) == "a.b.c"


class TestAfterAChangeOfKey:
    @pytest.fixture(autouse=True)
    def change_key(self, settings):
        self.settings = settings
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old", []

    def rotate(self):
        self.settings.SECRET_KEY, self.settings.SECRET_KEY_FALLBACKS = "new", ["old"]

    def forget(self):
        self.settings.SECRET_KEY_FALLBACKS = []

    def test_old_tokens_hold_until_the_old_key_is_forgotten(self):
        token = sign("visit", "x")
        self.rotate()
        assert unsign("visit", token) == "x"
        self.forget()
        assert unsign("visit", token) is None

    def test_old_hashes_are_among_those_to_look_for(self):
        old = keyed_hash("address", "ben@mail.example")
        self.rotate()
        assert keyed_hash("address", "ben@mail.example") != old
        assert old in keyed_hashes("address", "ben@mail.example")

    def test_what_was_sealed_opens_until_the_old_key_is_forgotten(self):
        sealed = seal("DE89370400440532013000")
        self.rotate()
        assert open_sealed(sealed) == "DE89370400440532013000"
        self.forget()
        with pytest.raises(InvalidToken):
            open_sealed(sealed)


def test_hashes_of_one_text_differ_by_purpose():
    assert keyed_hash("address", "x") != keyed_hash("agent", "x")
    assert len(keyed_hash("address", "x")) == 64


def test_a_seal_hides_the_text_and_never_looks_the_same_twice():
    assert "DE89" not in seal("DE89")
    assert seal("DE89") != seal("DE89")


def test_a_secret_is_kept_as_its_hash_only():
    assert token_hash("ick_secret") == token_hash("ick_secret")
    assert "secret" not in token_hash("ick_secret")
