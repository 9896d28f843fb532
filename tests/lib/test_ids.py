import math
import re
import time

from hypothesis import given, strategies as st

from advocates.models import Contact
from config.lib.ids import (
    CODE_ALPHABET,
    CODE_LENGTH,
    PublicIdField,
    code_normalise,
    new_code,
    new_ordered_uuid,
    new_public_id,
)


def test_a_public_id_says_what_it_names_and_cannot_be_guessed():
    assert re.fullmatch(r"ref_[0-9a-hj-km-np-tv-z]{20}", new_public_id("ref"))
    assert len({new_public_id("ref") for _ in range(1_000)}) == 1_000


def test_a_code_holds_at_least_forty_bits():
    assert CODE_LENGTH * math.log2(len(CODE_ALPHABET)) >= 40


def test_a_code_has_no_letters_that_are_mistaken_for_others():
    assert not set(CODE_ALPHABET) & set("01ILOUV")
    assert set(new_code()) <= set(CODE_ALPHABET)


@given(st.text(alphabet=CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH), st.data())
def test_a_code_is_recognised_however_it_was_typed(code, data):
    cut = data.draw(st.integers(0, CODE_LENGTH))
    typed = f" {code[:cut].lower()}-{code[cut:]}\t"
    assert code_normalise(typed) == code


def test_ordered_ids_sort_by_the_time_they_were_made():
    earlier = new_ordered_uuid()
    time.sleep(0.002)
    later = new_ordered_uuid()
    assert earlier < later


def test_ordered_ids_are_of_version_seven():
    made = new_ordered_uuid()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"


def test_a_row_has_its_public_id_before_it_is_saved():
    assert Contact().public_id.startswith("con_")


def test_the_field_survives_a_migration():
    _name, _path, args, kwargs = PublicIdField(prefix="con").deconstruct()
    assert PublicIdField(*args, **kwargs).prefix == "con"
    assert kwargs == {"prefix": "con"}
