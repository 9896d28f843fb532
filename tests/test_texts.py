"""Every text has a translation in each shipped language, with the placeholders of the original."""

import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from config.texts import po_read, source_texts

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def source() -> Catalog:
    return source_texts()


def said(catalog: Iterable[Message]) -> dict[tuple[str, str | None], Message]:
    return {(_first(message), message.context): message for message in catalog if message.id}


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or [""])


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _originals(message: Message) -> set[tuple[str, ...]]:
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    return {tuple(sorted(PLACEHOLDER.findall(text))) for text in texts}


def test_the_collector_finds_code_and_templates(source: Catalog) -> None:
    places = {place for message in source for place, _line in message.locations}
    assert any(place.endswith(".py") for place in places)
    assert any(place.endswith(".html") for place in places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text_and_no_other(language: str, source: Catalog) -> None:
    translated = po_read(language)
    assert sorted(said(translated)) == sorted(said(source)), "run make messages and translate what is new"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty(language: str) -> None:
    empty = [_first(message) for message in po_read(language) if message.id and not all(forms(message))]
    assert not empty


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree(language: str) -> None:
    wrong = [
        (_first(message), form)
        for message in po_read(language)
        if message.id
        for form in forms(message)
        if tuple(sorted(PLACEHOLDER.findall(form))) not in _originals(message)
    ]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_s_false_friends_do_not_appear(language: str) -> None:
    """A referral is no bank transfer, an advocate no lawyer, a friend no referee."""
    never = {
        "de": ["Überweisungsprogramm", "Anwalt", "Schiedsrichter", "erfolgreich"],
        "zh-hans": ["转介", "律师"],
        "ms": ["peguam", "pengadil"],
        "nb": ["henvisning", "advokat", "vellykket"],
        "ko": ["변호사", "심판"],
    }[language]
    texts = " ".join(form for message in po_read(language) if message.id for form in forms(message)).lower()
    assert [word for word in never if word.lower() in texts] == []
