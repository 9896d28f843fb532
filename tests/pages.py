"""Pages as somebody without a mouse meets them: text, links and forms. A visitor keeps cookies, as a browser does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

BUTTONS = {"submit", "button", "image", "reset"}
UNREAD = {"script", "style", "template", "head"}
TIMEOUT = 30


@dataclass
class Form:
    """What the page would send if nobody typed anything; `fields` are all that can be filled in."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Link:
    words: str
    address: str


class Page:
    """One answer of the installation, read once."""

    def __init__(self, response: requests.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.url
        self.path = urlsplit(response.url).path
        self.html = response.text if "text" in response.headers.get("Content-Type", "text") else ""
        reader = _Reader(self.url)
        reader.feed(self.html)
        self.text = _plain(reader.words)
        self.links = [Link(_plain(words), address) for words, address in reader.links]
        self.forms = reader.forms
        self.choices = reader.choices
        self.rows = [_plain(words) for words in reader.rows]

    def form(self, part_of_action: str = "") -> Form:
        """The form that is sent to such an address; without one, the last that posts to the page's own."""
        posted = [form for form in self.forms if form.method == "post"]
        own = [form for form in posted if urlsplit(form.action).path == self.path]
        found = [form for form in posted if part_of_action in form.action] if part_of_action else own
        assert found, f"no form for “{part_of_action or self.path}”, only {[form.action for form in posted]}"
        return found[-1]

    def link(self, words: str = "", *, to: str = "") -> str:
        """The address of the first link that says this, or that leads to an address with this in it."""
        found = [link.address for link in self.links if words in link.words and to in link.address]
        assert found, f"no link “{words}” to “{to}”: {self!r}"
        return found[0]

    def choice(self, label: str) -> str:
        """The value of the checkbox or radio button with that label."""
        assert label in self.choices, f"nothing to tick as “{label}”, only {list(self.choices)}"
        return self.choices[label]

    def row(self, words: str) -> str:
        """The first row of a table that holds this."""
        found = [row for row in self.rows if words in row]
        assert found, f"no row with “{words}”: {self!r}"
        return found[0]

    def __repr__(self) -> str:
        return f"<{self.status} {self.path}: {self.text[:2000]}>"


class Visitor:
    """One person at one browser."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "Mozilla/5.0 (story)"

    def get(self, path: str, *, answers: int = 200) -> Page:
        """Follows redirects, and asserts how that ended."""
        return self._page(self.session.get(urljoin(self.base_url, path), timeout=TIMEOUT), answers)

    def send(self, form: Form, **typed: Any) -> Page:
        """Fill the form in and press its button. `typed` replaces what stood in it; None leaves a field out."""
        unknown = typed.keys() - form.fields
        assert not unknown, f"the form has no {unknown}, only {form.fields}"
        values: dict[str, Any] = {**form.values, **typed}
        response = self.session.post(form.action, data=values, headers={"Referer": form.action}, timeout=TIMEOUT)
        return self._page(response, 200)

    def post(self, path: str, data: Mapping[str, str]) -> Page:
        """A bare POST, such as a mail program makes."""
        return self._page(self.session.post(urljoin(self.base_url, path), data=data, timeout=TIMEOUT), 200)

    @staticmethod
    def _page(response: requests.Response, answers: int) -> Page:
        page = Page(response)
        assert page.status == answers, f"{answers} expected: {page!r}"
        return page


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.words: list[str] = []
        self.links: list[tuple[list[str], str]] = []
        self.forms: list[Form] = []
        self.choices: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self._link: list[str] | None = None
        self._row: list[str] | None = None
        self._form: Form | None = None
        self._unread = 0
        self._select: str | None = None
        self._first_option: str | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_on = {name for name, _value in attrs}
        self._unread += tag in UNREAD
        if tag == "a" and "href" in given:
            self._link = []
            self.links.append((self._link, urljoin(self.url, given["href"])))
        elif tag == "tr":
            self._row = []
            self.rows.append(self._row)
        elif tag == "form":
            self._form = Form(
                urljoin(self.url, given.get("action", "") or self.url), given.get("method", "get").lower()
            )
            self.forms.append(self._form)
        elif self._form and given.get("name") and "disabled" not in is_on:
            self._field(tag, given, is_on)
        elif tag == "option" and self._form and self._select:
            self._option(given, is_on)

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD
        if tag == "a":
            self._link = None
        elif tag == "tr":
            self._row = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._end_select()
        elif tag == "textarea" and self._area and self._form:
            name, words = self._area
            self._form.values.setdefault(name, []).append(re.sub(r"^\r?\n", "", "".join(words)))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)
        elif not self._unread:
            self.words.append(data)
            for words in (self._link, self._row):
                if words is not None:
                    words.append(data)

    def _field(self, tag: str, given: dict[str, str], is_on: set[str]) -> None:
        assert self._form
        name, kind = given["name"], given.get("type", "text")
        self._form.fields.add(name)
        if tag == "button" or kind in BUTTONS:
            return
        if tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
        elif kind in {"checkbox", "radio"}:
            self.choices[given.get("aria-label", name)] = given.get("value", "on")
            if "checked" in is_on:
                self._form.values.setdefault(name, []).append(given.get("value", "on"))
        elif kind != "file":
            self._form.values.setdefault(name, []).append(given.get("value", ""))

    def _option(self, given: dict[str, str], is_on: set[str]) -> None:
        assert self._form
        assert self._select
        if self._first_option is None:
            self._first_option = given.get("value", "")
        if "selected" in is_on:
            self._form.values.setdefault(self._select, []).append(given.get("value", ""))

    def _end_select(self) -> None:
        if self._form and self._select and self._first_option is not None:
            self._form.values.setdefault(self._select, [self._first_option])
        self._select = self._first_option = None


def _plain(words: list[str]) -> str:
    return " ".join(" ".join(words).split())
