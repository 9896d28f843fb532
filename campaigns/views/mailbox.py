"""The demo's mailbox: what the file backend wrote, on a page. There is none where mail really goes out."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.messaging.frame import mail_frame

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
SHOWN = 200
LINE_LENGTH = 120
# Written after each message by Django's console and file backends.
SEPARATOR = b"\n" + b"-" * 79


@dataclass(frozen=True, slots=True)
class Letter:
    """One file of the mailbox."""

    name: str
    mail: EmailMessage

    @property
    def when(self) -> datetime:
        return parsedate_to_datetime(self.mail["Date"])

    def part(self, kind: str) -> str:
        """The body of that kind (`plain` or `html`), or an empty string."""
        found = self.mail.get_body((kind,))
        return str(found.get_content()) if found else ""

    @property
    def url(self) -> str:
        return reverse("campaigns:mailbox_message", args=[self.name])


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    letters = [_read(path) for path in _files()[:SHOWN]]
    mails = [
        {
            "subject": letter.mail["Subject"],
            "to": letter.mail["To"],
            "when": date_format(letter.when, "SHORT_DATETIME_FORMAT"),
            "line": " ".join(letter.part("plain").split())[:LINE_LENGTH],
            "url": letter.url,
        }
        for letter in letters
    ]
    return render(request, "campaigns/mailbox.html", {"mails": mails})


@never_cache
@require_safe
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    letter = _letter(name)
    mail = {
        "subject": letter.mail["Subject"],
        "from": letter.mail["From"],
        "to": letter.mail["To"],
        "reply_to": letter.mail["Reply-To"],
        "when": date_format(letter.when, "DATETIME_FORMAT"),
        "text": letter.part("plain"),
        "html_url": reverse("campaigns:mailbox_html", args=[name]) if letter.part("html") else "",
    }
    context = {"mail": mail, "list_url": reverse("campaigns:mailbox")}
    return render(request, "campaigns/mailbox_message.html", context)


@require_safe
def mailbox_html(_request: HttpRequest, name: str) -> HttpResponse:
    return mail_frame(_letter(name).part("html"))


def _files() -> list[Path]:
    """The newest first. Raises Http404 where mail goes out for real."""
    if settings.EMAIL_BACKEND != FILE_BACKEND or not settings.IS_LOCAL:
        raise Http404
    return sorted(Path(settings.MAIL_DIR).glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)


def _letter(name: str) -> Letter:
    """By name among the files that are there: a name never becomes a path."""
    path = next((path for path in _files() if path.stem == name), None)
    if path is None:
        raise Http404
    return _read(path)


def _read(path: Path) -> Letter:
    first = path.read_bytes().partition(SEPARATOR)[0]
    return Letter(path.stem, message_from_bytes(first, policy=policy.default))
