"""Hostile words stay words: no code runs, nothing leaks, nothing becomes markup."""

import time

import pytest
from django.conf import settings
from django.utils.translation import override
from hypothesis import given, strategies as st

from campaigns.messaging.mails import MAILS
from campaigns.messaging.placeholders import fill, unknown_in
from campaigns.messaging.render import markdown_html, markdown_text

PAYLOADS = [
    "{{ company.debit_account_iban }}",
    "{{ request.user.password }}",
    "{% include 'admin/base.html' %}",
    "{% load log %}{% get_admin_log 10 as log %}",
    "{company.name}",
    "{company_name.__class__}",
    "{company_name!r}",
    "{company_name:>99999999}",
    "{0}",
    "{}",
    "{ company_name }",
    "{COMPANY_NAME}",
    "{company_name",
    "company_name}",
    "{{company_name}}",
    "{__class__}",
    "${company_name.__init__.__globals__}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
]
SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "</mj-text><mj-raw><script>alert(1)</script></mj-raw>",
    "<svg/onload=alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<iframe src=//evil.example></iframe>",
]
VALUES = {"company_name": "Fernway", "name": "Lena"}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_text_with_anything_but_known_placeholders_is_refused(payload: str) -> None:
    assert unknown_in(payload, VALUES) != []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_that_got_in_all_the_same_leaks_nothing(payload: str) -> None:
    shown = markdown_text(payload, {"company_name": "Fernway"})
    assert "<class" not in shown
    assert len(shown) < 200


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_the_text_never_comes_alive(script: str) -> None:
    assert is_harmless(markdown_html(script))


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_in_a_value_never_comes_alive(script: str) -> None:
    assert is_harmless(markdown_html("Hello {name}, [here]({name})", {"name": script}))


def is_harmless(html: str) -> bool:
    from html.parser import HTMLParser

    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append(tag)
            for name, value in attrs:
                assert name in ("href", "rel"), html
                assert name != "href" or not (value or "").lower().startswith(("javascript:", "data:")), html

    Reader().feed(html)
    return not {"script", "img", "style", "svg", "iframe", "mj-raw"} & set(found)


@given(name=st.text(max_size=80))
def test_a_name_never_becomes_markup(name: str) -> None:
    html = markdown_html("Hello **{name}**", {"name": name})
    assert is_harmless(html)
    assert html.count("<strong>") == html.count("</strong>") == 1


@given(name=st.text(alphabet="{}ab_name", max_size=40), other=st.text(max_size=20))
def test_a_value_is_never_read_again(name: str, other: str) -> None:
    assert fill("{name}|{other}", {"name": name, "other": other}) == f"{name}|{other}"


@given(text=st.text(max_size=200))
def test_what_passes_the_check_holds_only_known_placeholders(text: str) -> None:
    if unknown_in(text, VALUES):
        return
    left = fill(text, {"company_name": "", "name": ""})
    assert "{" not in left
    assert "}" not in left


def test_a_text_full_of_braces_is_read_at_once() -> None:
    started = time.perf_counter()
    unknown_in("{" * 200_000, VALUES)
    fill("{a" * 100_000, VALUES)
    assert time.perf_counter() - started < 1


def test_an_address_in_a_placeholder_becomes_a_link() -> None:
    html = markdown_html("[{share_url}]({share_url})", {"share_url": "https://i.example/r/AB?c=email&x=1"})
    assert 'href="https://i.example/r/AB?c=email&amp;x=1"' in html


def test_the_text_twin_reads_well() -> None:
    text = markdown_text(
        "Hello **{name}**,\n\n- one [here]({url})\n- two\n\n1. first", {"name": "Lena", "url": "https://x.example"}
    )
    assert text == "Hello Lena,\n\n- one here (https://x.example)\n- two\n\n1. first"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_built_in_mail_uses_only_its_own_placeholders(language: str) -> None:
    with override(language):
        for mail in MAILS:
            for words in (mail.subject, mail.preheader, mail.body, mail.button):
                assert unknown_in(str(words), mail.allowed) == [], mail.name
            assert not mail.button_url_placeholder or mail.button_url_placeholder in mail.allowed
