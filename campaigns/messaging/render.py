"""From staff's Markdown and plain values to the HTML and the text of a mail.

Values go in after the Markdown is parsed, as text or as the target of a link: nothing in a name can become markup.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import nh3
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mjml import mjml2html

from campaigns.messaging.placeholders import fill

TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "a",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "blockquote",
    "code",
    "pre",
    "hr",
}
SCHEMES = {"http", "https", "mailto", "tel"}
FILLED_TYPES = {"text", "code_inline", "code_block", "fence"}
WORDS = {"inline", "code_block", "fence"}
PARAGRAPH = "\n\n"

markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


@dataclass(frozen=True, slots=True)
class MailTexts:
    """What staff (or we) wrote for one mail in one language, placeholders still in it."""

    subject: str
    preheader: str
    body: str
    button: str


@dataclass(frozen=True, slots=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def markdown_html(text: str, values: Mapping[str, str] | None = None) -> SafeString:
    """Markdown, with its placeholders filled, as HTML that holds harmless tags and links only."""
    rendered: str = markdown.renderer.render(_filled(text, values or {}), markdown.options, {})
    clean = nh3.clean(rendered, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener")
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it


def markdown_text(text: str, values: Mapping[str, str] | None = None) -> str:
    """The same as plain text that reads well: a link shows where it leads, an item of a list begins with a dash."""
    said = ""
    gap = mark = ""
    for token in _filled(text, values or {}):
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            gap = PARAGRAPH
        elif token.type in WORDS:
            words = _inline_text(token.children or []) if token.type == "inline" else token.content.rstrip()
            said += gap + mark + words
            gap, mark = PARAGRAPH, ""
        elif token.type == "paragraph_close" and token.hidden:  # an item of a list without blank lines
            gap = "\n"
    return said


def mail_render(*, texts: MailTexts, values: Mapping[str, str], context: Mapping[str, object]) -> RenderedMail:
    """Subject, text twin and HTML. `context`: company, button_url, unsubscribe_url, reason_line, language."""
    subject = " ".join(fill(texts.subject, values).split())
    shared = {
        **context,
        "subject": subject,
        "preheader": " ".join(fill(texts.preheader, values).split()),
        "button_label": fill(texts.button, values),
    }
    body_html = markdown_html(texts.body, values)
    mjml = render_to_string("emails/layout.mjml", {**shared, "body_html": body_html})
    text = render_to_string("emails/layout.txt", {**shared, "body_text": markdown_text(texts.body, values)})
    return RenderedMail(subject=subject[:254], text=text, html=mjml2html(mjml))


def _filled(text: str, values: Mapping[str, str]) -> list[Token]:
    tokens = markdown.parse(text)
    for token in tokens:
        for inner in (token, *(token.children or [])):
            _fill_token(inner, lambda words: fill(words, values))
    return tokens


def _fill_token(token: Token, filler: Callable[[str], str]) -> None:
    if token.type in FILLED_TYPES:
        token.content = filler(token.content)
    if token.type == "link_open":
        # The parser has encoded the braces.
        href = str(token.attrs["href"]).replace("%7B", "{").replace("%7D", "}")
        token.attrs["href"] = filler(href)


def _inline_text(tokens: Sequence[Token]) -> str:
    words: list[str] = []
    link_start, href = 0, ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words.append("\n")
        elif token.type == "link_open":
            link_start, href = len(words), str(token.attrs["href"])
        elif token.type == "link_close":
            label = "".join(words[link_start:])
            words.append("" if label == href else f" ({href})")
        else:
            words.append(token.content)
    return "".join(words)
