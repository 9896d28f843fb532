"""Where mails are written into a folder (embedded installations, the demo), they hold people."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

from advocates.models import Contact
from advocates.words import Words

# Written after each message by Django's file backend.
SEPARATOR = b"\n" + b"-" * 79


def mails_forget(words: Words, _contacts: Sequence[Contact], _now: datetime) -> int:
    """Delete the files with a mail to, from or about these people; how many."""
    named = [path for path in _letters() if any(words.are_in(text) for text in _texts(path))]
    for path in named:
        path.unlink(missing_ok=True)
    return len(named)


def _letters() -> Iterator[Path]:
    folder = Path(settings.MAIL_DIR)
    return folder.glob("*.log") if folder.is_dir() else iter(())


def _texts(path: Path) -> Iterator[str]:
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        return
    for one in written.split(SEPARATOR):
        mail = message_from_bytes(one.lstrip(), policy=policy.default)
        yield "\n".join(str(value) for value in mail.values())
        yield from _parts(mail)


def _parts(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content())
