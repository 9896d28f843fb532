"""Numbers stay inside; what leaves the house is random and says what it names (`ref_…`)."""

import secrets
import string
import time
import uuid
from typing import Any

from django.db import models

ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 20  # 100 bits
_LETTERS = bytes(ord(ID_ALPHABET[byte & 31]) for byte in range(256))

# Nothing that is misheard or misread: no 0 O, 1 I L, U V.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH = 10  # 29 letters: 48 bits; at least 40 are wanted, so that codes cannot be guessed


def new_public_id(prefix: str) -> str:
    return new_public_ids(prefix, 1)[0]


def new_public_ids(prefix: str, count: int) -> list[str]:
    """Many at once: 32 letters, so that five bits of each random byte are one."""
    letters = secrets.token_bytes(count * ID_LENGTH).translate(_LETTERS).decode()
    return [f"{prefix}_{letters[start : start + ID_LENGTH]}" for start in range(0, len(letters), ID_LENGTH)]


def new_code() -> str:
    """A code that a person can read out on the phone and nobody can guess."""
    return _random(CODE_ALPHABET, CODE_LENGTH)


def code_like(sample: str) -> str:
    """A random code of the same shape: a digit for a digit, a capital for a capital, and the rest as it stands."""
    return "".join(_alike(letter) for letter in sample)


def _alike(letter: str) -> str:
    for alphabet in (string.digits, string.ascii_uppercase, string.ascii_lowercase):
        if letter in alphabet:
            return secrets.choice(alphabet)
    return letter


def code_normalise(typed: str) -> str:
    """What a person typed, as it is stored: upper case, without blanks and dashes."""
    return "".join(typed.split()).replace("-", "").upper()


def new_ordered_uuid() -> uuid.UUID:
    """A version 7 UUID (RFC 9562 §5.7): made by the application, sorts by time, so that rows can be spooled."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


class PublicIdField(models.CharField[str, str]):
    """A unique random id with a prefix, made when the row is."""

    def __init__(self, *, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs |= {"max_length": 40, "unique": True, "editable": False}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "unique", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs | {"prefix": self.prefix}

    def get_default(self) -> str:
        return new_public_id(self.prefix)

    def has_default(self) -> bool:
        return True
