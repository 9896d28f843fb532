"""The texts of the product, collected without GNU gettext: Django reads the templates, Babel the code."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

ROOMS = ("advocates", "campaigns", "config", "referrals", "rewards", "templates")
BEGINNING = datetime(2026, 11, 21, tzinfo=UTC)
TEMPLATES = frozenset({".html", ".txt", ".mjml"})
# Django names `_` what it wants; templatize writes the rest of these.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What Django makes of a template is meant for xgettext: the calls in it are Python, the rest is not.
CALL = re.compile(r"""\b(?:n?p?gettext|_)\((?:u?'(?:\\.|[^'\\])*'|u?"(?:\\.|[^"\\])*"|\s|,|count)*\)""")


def source_texts() -> Catalog:
    """Every text that code and templates ask to have translated, with the files where it stands."""
    catalog = Catalog(charset="utf-8")
    for path in _files():
        place = str(path.relative_to(settings.BASE_DIR))
        for _line, message, comments, context in extract("python", BytesIO(_python(path)), KEYWORDS):
            catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def po_file(language: str) -> Path:
    folder: Path = settings.LOCALE_PATHS[0]
    return folder / to_locale(language) / "LC_MESSAGES" / "django.po"


def po_read(language: str) -> Catalog:
    path = po_file(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as texts:
        return read_po(texts, locale=to_locale(language))


def po_update(language: str) -> Catalog:
    """Bring one language up to date: new texts empty, vanished ones gone, the rest kept. Nothing is guessed."""
    known, found = po_read(language), source_texts()
    fresh = _empty(language)
    for message in found:
        if not message.id:
            continue
        kept = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        fresh.add(
            message.id,
            kept.string if kept else None,
            locations=sorted(set(message.locations)),
            flags=message.flags,
            auto_comments=message.auto_comments,
            context=message.context,
        )
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as texts:
        write_po(texts, fresh, sort_output=True, include_lineno=False, width=120)
    return fresh


def _empty(language: str) -> Catalog:
    # A fixed moment and nobody's name: they would differ at every run and say nothing that git does not know.
    return Catalog(
        locale=to_locale(language),
        charset="utf-8",
        fuzzy=False,
        project="Innercircle",
        version="1",
        header_comment="# Innercircle",
        creation_date=BEGINNING,
        revision_date=BEGINNING,
        last_translator="Innercircle",
        msgid_bugs_address="",
        language_team="",
    )


def _files() -> Iterator[Path]:
    for room in ROOMS:
        for path in sorted((settings.BASE_DIR / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path
            if path.suffix in TEMPLATES:
                yield path


def _python(path: Path) -> bytes:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = "\n".join(CALL.findall(templatize(text)))
    return text.encode()
