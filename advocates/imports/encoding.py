"""Which encoding a file is in: its mark, else strict UTF-8, else whichever of the old ones makes the likeliest text.

One-byte encodings decode almost anything, so that *decodes* proves nothing: the letters that come out are weighed. What
people write has lower case within words, few accents side by side, and in East Asia the common characters.
"""

import codecs
import unicodedata
from collections.abc import Callable, Iterable
from itertools import pairwise

# In the order in which a tie is decided: the commoner first.
OLD_ENCODINGS = (
    "cp1252",
    "mac_roman",
    "cp1250",
    "cp1251",
    "cp1254",
    "cp932",
    "cp949",
    "gb18030",
    "big5",
    "euc_jp",
)
NAMED = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "latin-1", *OLD_ENCODINGS)
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 64 * 1024
# Of an UTF-16 text in any script, commas, digits and line ends have a zero byte on the same side.
MIN_ZEROS = 0.1

_LATIN = {
    "cp1252": frozenset("äöüßéèàâêëîïôçñáíóúåøæãõœ"),
    "mac_roman": frozenset("äöüßéèàâêëîïôçñáíóúåøæãõœ"),
    "cp1250": frozenset("äöüßéáíóúąćęłńśźżčďěňřšťůýžőűâăîşţ"),
    "cp1254": frozenset("äöüéçğışâî"),
}
_SIGNS = frozenset("’‘“”„–—…€£°«»§©®\N{NO-BREAK SPACE}")
_MEASURES = frozenset("°²³½¼¾±µ×·")
_CYRILLIC = ("А", "я")
_LIKELY, _POSSIBLE, _ODD, _WRONG = 1.0, 0.4, -0.5, -1.0
# Decides only between encodings that make the same text of what was seen.
_TIE = 1e-6

Blocks = Callable[[], Iterable[bytes]]


def encoding_of(blocks: Blocks) -> str | None:
    """The encoding that all of the bytes are in, or None. `blocks()` reads them from the beginning, block by block."""
    start = next(iter(blocks()), b"")
    marked = next((name for mark, name in MARKS if start.startswith(mark)), None)
    if marked:
        return marked if decodes(blocks(), marked) else None
    wide = _without_mark(start[:SAMPLE_BYTES])
    if wide:
        return wide if decodes(blocks(), wide) else None
    if decodes(blocks(), "utf-8"):
        return "utf-8"
    sample = _sample(blocks())
    if _is_damaged_utf_8(sample):
        return None
    likelihoods = {name: _likelihood(sample, name) for name in OLD_ENCODINGS}
    likely = sorted(
        (name for name in OLD_ENCODINGS if likelihoods[name] > 0), key=likelihoods.__getitem__, reverse=True
    )
    return next((name for name in likely if decodes(blocks(), name)), None)


def decodes(blocks: Iterable[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _without_mark(sample: bytes) -> str:
    """UTF-16 that says nothing of itself; empty for anything else, where a zero is a mistake in one row."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    is_wide = max(even, odd) > MIN_ZEROS * len(sample) / 2
    return ("utf-16-le" if odd > even else "utf-16-be") if is_wide else ""


def _is_damaged_utf_8(sample: bytes) -> bool:
    """Text of an old encoding makes a valid sequence of UTF-8 hardly ever; in a damaged one most are."""
    letters = [one for one in sample.decode("utf-8", errors="replace") if not one.isascii()]
    return letters.count("\ufffd") < len(letters) / 4


def _sample(blocks: Iterable[bytes]) -> bytes:
    """Lines that are not plain ASCII, from all over the file until there are enough."""
    found = bytearray()
    for block in blocks:
        for line in block.splitlines(keepends=True):
            if not line.isascii():
                found += line
            if len(found) >= SAMPLE_BYTES:
                return bytes(found)
    return bytes(found)


def _likelihood(sample: bytes, encoding: str) -> float:
    """How much the sample looks like text in that encoding, by its characters outside ASCII; -1 to 1."""
    # Blocks end anywhere, so that a line may be cut: what cannot be read counts as wrong.
    text = sample.decode(encoding, errors="replace")
    weigh = _SCRIPTS.get(encoding, _weigh_latin)
    weights = [weigh(before, one, encoding) for before, one in pairwise(" " + text) if not one.isascii()]
    mean = sum(weights) / len(weights) if weights else _WRONG
    return mean - _TIE * OLD_ENCODINGS.index(encoding)


def _weigh_latin(before: str, one: str, encoding: str) -> float:
    is_in_word = before.isalpha()
    if one in _SIGNS or (one in _MEASURES and not is_in_word):
        return _POSSIBLE
    if not one.isalpha() or unicodedata.name(one, "").split(" ")[0] != "LATIN":
        return _WRONG
    if is_in_word and (not before.isascii() or (one.isupper() and before.islower())):
        return _ODD
    return _LIKELY if one.lower() in _LATIN[encoding] else _POSSIBLE


def _weigh_cyrillic(before: str, one: str, encoding: str) -> float:
    if not _CYRILLIC[0] <= one <= _CYRILLIC[1]:
        return _ODD if one.isalpha() else _WRONG
    is_mixed = before.isascii() and before.isalpha()
    return _WRONG if is_mixed or (one.isupper() and before.islower()) else _LIKELY


def _weigh_japanese(before: str, one: str, encoding: str) -> float:
    if "\u3040" <= one <= "\u30ff":
        return _LIKELY
    return _weigh_ideograph(before, one, "euc_jp", last=0xCF)


def _weigh_korean(before: str, one: str, encoding: str) -> float:
    if "가" <= one <= "힣":
        if before.isascii() and before.isalpha():
            return _WRONG
        return _LIKELY if _lead_byte(one, "euc_kr") else _ODD
    return _WRONG if one.isalpha() else _ODD


def _weigh_chinese(before: str, one: str, encoding: str) -> float:
    if encoding == "big5":
        return _weigh_ideograph(before, one, "big5", last=0xC6)
    return _weigh_ideograph(before, one, "gb2312", last=0xD7)


def _weigh_ideograph(before: str, one: str, common_in: str, *, last: int) -> float:
    """The first level of each national set holds the common ones, and their lead bytes come first."""
    if not "\u4e00" <= one <= "\u9fff":
        return _POSSIBLE if "\u3000" <= one <= "\u303f" or "\uff00" <= one <= "\uffef" else _ODD
    if before.isascii() and before.isalpha():
        return _WRONG
    return _LIKELY if 0 < _lead_byte(one, common_in) <= last else _ODD


def _lead_byte(one: str, encoding: str) -> int:
    """0 for what the set does not have."""
    try:
        lead, *rest = one.encode(encoding)
    except UnicodeEncodeError:
        return 0
    # Python's EUC-KR spells rare syllables out in eight bytes.
    return lead if len(rest) == 1 else 0


_SCRIPTS: dict[str, Callable[[str, str, str], float]] = {
    "cp1251": _weigh_cyrillic,
    "cp932": _weigh_japanese,
    "euc_jp": _weigh_japanese,
    "cp949": _weigh_korean,
    "gb18030": _weigh_chinese,
    "big5": _weigh_chinese,
}
