"""Who asked to be forgotten is known by keyed hashes only: enough to recognise them in a file, too little to name them.

An import must not bring anybody back whom nobody here knows any more. Their own act (a form, a call of another system
on their behalf) may: it makes a new contact, which still gets no asks.
"""

from collections.abc import Collection, Iterable

from advocates.models import ContactKey, Erasure
from config.lib.signing import keyed_hash, keyed_hashes

PURPOSE = "erasure"


def hash_of(kind: str, value: str, source: str = "") -> str:
    """How a key (its normalised `value`) of somebody forgotten is kept."""
    return keyed_hash(PURPOSE, _text(kind, value, source))


def erased_hashes() -> frozenset[str]:
    """All of them, to be read once for a whole import."""
    rows = Erasure.objects.values_list("key_hashes", flat=True)
    return frozenset(hashed for hashes in rows for hashed in hashes)


def is_forgotten(keys: Iterable[ContactKey], *, among: Collection[str]) -> bool:
    """Do these keys (saved or not) belong to somebody forgotten? To be asked of whom nobody here is known by them.

    A phone number is often shared: it tells only where there is neither number nor address. Hashes made under earlier
    keys of the installation are recognised too.
    """
    if not among:
        return False
    given = list(keys)
    telling = [key for key in given if key.kind != ContactKey.Kind.PHONE] or given
    return any(
        hashed in among for key in telling for hashed in keyed_hashes(PURPOSE, _text(key.kind, key.value, key.source))
    )


def _text(kind: str, value: str, source: str) -> str:
    return f"{kind}:{source}:{value}"
