"""How alike two people are, worked out from text alone: no tables, no network. A likeness only ever proposes.

Names are compared in one case and one width, without accents, titles and order of their parts. Traditional and
simplified Chinese are not converted into each other: which family writes which is theirs to say.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

MATCH_LENGTH = 200
SUGGESTED_FROM = 70
ALIKE_FROM = 88

_TITLES = """
    mr mrs ms miss mx sir dame dr prof professor doctor ing dipl mag phd md jr sr ii iii herr frau hr fr doktor encik
    puan cik tuan datuk dato datin tan sri haji hajah senor senora sra don dona monsieur madame mme mlle m
"""
TITLES = frozenset(_TITLES.split())
# Written after the name, and without a space: 田中様, 김민준 씨.
CJK_HONORIFICS = ("先生", "女士", "小姐", "様", "さん", "さま", "殿", "씨", "님")

_LEGAL_FORMS = """
    gmbh mbh ag kg kgaa ohg ug gbr ev eg se co cie ltd limited llc llp lp plc inc incorporated corp corporation company
    sa sas sarl sl srl spa bv nv oy oyj ab as asa aps ehf sdn bhd berhad pte pty kk yk gk pt tbk ooo jsc
"""
LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
CJK_LEGAL_FORMS = (
    "股份有限公司", "有限责任公司", "有限責任公司", "集团有限公司", "有限公司", "株式会社", "有限会社", "合同会社",
    "合資会社", "(株)", "(有)", "주식회사", "유한회사", "(주)", "(유)",
)  # fmt: skip

CJK = re.compile(r"[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
ACCENTS = re.compile(r"[\u0300-\u036f]")
NOT_A_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of somebody. `name` is a match_name, `company` a match_company, `strict`: of their addresses."""

    name: str = ""
    company: str = ""
    phones: frozenset[str] = field(default_factory=frozenset)
    strict: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`score` from 0 to 100. `reasons`: codes with numbers, never a name or an address."""

    score: int
    reasons: tuple[dict[str, Any], ...]


def match_name(name: str) -> str:
    """The name as likenesses are sought by: `Dr. VOGT, Lena` and `Lena Vogt` are both `lena vogt`."""
    plain = _plain(name)
    for honorific in CJK_HONORIFICS:
        if len(plain) > len(honorific) + 1:
            plain = plain.removesuffix(honorific).rstrip()
    parts = [part for part in NOT_A_WORD.split(plain) if part]
    return _ordered([part for part in parts if part not in TITLES] or parts)[:MATCH_LENGTH]


def match_company(company: str) -> str:
    """The company without its legal form: `Fernway GmbH & Co. KG` and `FERNWAY` are both `fernway`."""
    plain = _plain(company)
    for form in CJK_LEGAL_FORMS:
        plain = plain.replace(form, " ")
    plain = plain.replace(".", "")
    parts = [part for part in NOT_A_WORD.split(plain) if part]
    return _joined([part for part in parts if part not in LEGAL_FORMS] or parts)[:MATCH_LENGTH]


def likeness(left: Profile, right: Profile) -> Likeness:
    """Two people with one name are common; the name counts together with something else that they share."""
    name = _name_likeness(left.name, right.name)
    company = 2 * int(bool(left.company) and left.company == right.company)
    company = company or int(_is_alike(left.company, right.company))
    shared = {
        "address_alias": bool(left.strict & right.strict),
        "phone_same": bool(left.phones & right.phones),
        "company_same": company == 2,
        "company_alike": company == 1,
    }
    reasons: list[dict[str, Any]] = [{"code": code} for code, holds in shared.items() if holds]
    if name >= ALIKE_FROM:
        reasons.insert(0, {"code": "name_same"} if name == 100 else {"code": "name_alike", "percent": name})
    return Likeness(_score(name, {code for code, holds in shared.items() if holds}), tuple(reasons))


def _score(name: int, shared: set[str]) -> int:
    """Each thing in common leaves a part of the doubt: an alias 15 %, a telephone 55 % (families share one)."""
    doubt = {"address_alias": 15, "phone_same": 55, "company_same": 60, "company_alike": 75}
    left = 100
    for code in shared:
        left = left * doubt[code] // 100
    if name >= ALIKE_FROM:
        left = left * (45 if name == 100 else 50) // 100
    elif name and shared:
        left = min(100, left + 15)  # two names that differ speak against it
    return 100 - left


def _name_likeness(left: str, right: str) -> int:
    if not left or not right:
        return 0
    if left == right:
        return 100
    # A letter more or less in a name of two or three signs is another name.
    if CJK.search(left) or CJK.search(right):
        return 0
    return min(99, int(fuzz.ratio(left, right)))


def _is_alike(left: str, right: str) -> bool:
    return bool(left and right) and fuzz.ratio(left, right) >= ALIKE_FROM


def _plain(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", ACCENTS.sub("", unicodedata.normalize("NFKD", wide))).strip()


def _ordered(parts: Iterable[str]) -> str:
    """Latin parts in the order of the alphabet; signs that are written without spaces stay as they stand."""
    parts = list(parts)
    signs = "".join(part for part in parts if CJK.search(part))
    words = sorted(part for part in parts if not CJK.search(part))
    return " ".join([*words, signs] if signs else words)


def _joined(parts: Iterable[str]) -> str:
    parts = list(parts)
    signs = "".join(part for part in parts if CJK.search(part))
    words = [part for part in parts if not CJK.search(part)]
    return " ".join([*words, signs] if signs else words)
