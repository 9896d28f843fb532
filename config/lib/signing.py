"""Tokens that we gave out and can recognise, hashes that only we can make, and secrets kept sealed at rest."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

SIGNATURE_LENGTH = 22  # base64 of 128 bits


def keyed_hash(purpose: str, text: str) -> str:
    """64 hex digits that cannot be made or tried out without this installation's key. Different for each purpose."""
    return hmac.digest(_key(purpose, settings.SECRET_KEY), text.encode(), "sha256").hex()


def keyed_hashes(purpose: str, text: str) -> list[str]:
    """The hash under the present key and under each earlier one, for look-ups after a change of key."""
    return [hmac.digest(_key(purpose, secret), text.encode(), "sha256").hex() for secret in _secrets()]


def sign(purpose: str, text: str, *, at: int | None = None) -> str:
    """`text.time.signature`, fit for a URL or a cookie when `text` is. `at`: seconds since 1970."""
    body = f"{text}.{_base36(int(time.time()) if at is None else at)}"
    return f"{body}.{_signature(purpose, body, settings.SECRET_KEY)}"


def unsign(purpose: str, token: str, *, max_age: int | None = None) -> str | None:
    """The text of a token that we signed for this purpose at most `max_age` seconds ago; None for anything else."""
    body, _dot, signature = token.rpartition(".")
    text, _dot, moment = body.rpartition(".")
    expected = (_signature(purpose, body, secret).encode() for secret in _secrets())
    if not text or not any(hmac.compare_digest(signature.encode(), ours) for ours in expected):
        return None
    if max_age is not None and int(moment, 36) + max_age < time.time():
        return None
    return text


def token_hash(token: str) -> str:
    """How a random secret of ours (API key, sign-in link) is kept at rest. A slow hash would buy nothing here."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(text: str) -> str:
    """Encrypt for rest (AES-128-CBC with HMAC, the Fernet specification)."""
    return _fernet().encrypt(text.encode()).decode()


def open_sealed(sealed: str) -> str:
    """What was sealed, also under an earlier key. Raises cryptography.fernet.InvalidToken for anything else."""
    return _fernet().decrypt(sealed.encode()).decode()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key("seal", secret))) for secret in _secrets()])


def _secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"innercircle/{purpose}/{secret}".encode()).digest()


def _signature(purpose: str, body: str, secret: str) -> str:
    digest = hmac.digest(_key(f"sign/{purpose}", secret), body.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode()[:SIGNATURE_LENGTH]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
