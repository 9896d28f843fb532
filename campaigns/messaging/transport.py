"""The only place that hands a mail to a server. It says what became of it; it never decides what follows.

Mail over SMTP cannot be exactly-once: an answer that is lost after the text went out leaves the outcome unknown.
"""

from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import EmailMultiAlternatives, get_connection

from campaigns.models import OutboundMessage

SENT = "sent"
REFUSED = "refused"
NOT_TAKEN = "not_taken"
UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`kind`: SENT, REFUSED for good, NOT_TAKEN now (may be tried again) or UNCERTAIN. `detail` names no person."""

    kind: str
    detail: str = ""


def send(message: OutboundMessage) -> Outcome:
    """One mail over one connection."""
    connection = get_connection()
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=message.from_address,
        to=[message.to_address],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={**message.headers, "Message-ID": f"<{message.public_id}@{_domain(message.from_address)}>"},
        connection=connection,
    )
    mail.attach_alternative(message.html, "text/html")
    try:
        mail.message()
    except ValueError as error:  # BadHeaderError is one: a header that would break out of its line
        return Outcome(REFUSED, type(error).__name__)
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        return Outcome(NOT_TAKEN, type(error).__name__)
    try:
        mail.send()
    except (OSError, SMTPException, AnymailError) as error:
        return _outcome_of(error)
    finally:
        connection.close()
    return Outcome(SENT)


def _outcome_of(error: Exception) -> Outcome:
    """A server that answered has decided; silence has not."""
    code = _answer_code(error)
    if code is None:
        return Outcome(UNCERTAIN, type(error).__name__)
    is_temporary = 400 <= code < 500 if isinstance(error, SMTPException) else code == 429
    return Outcome(NOT_TAKEN if is_temporary else REFUSED, f"{type(error).__name__} {code}")


def _answer_code(error: Exception) -> int | None:
    if isinstance(error, SMTPRecipientsRefused):
        return next(iter(code for code, _text in error.recipients.values()), None)
    if isinstance(error, SMTPResponseException):
        return int(error.smtp_code)
    if isinstance(error, AnymailAPIError) and error.status_code and error.status_code < 500:
        return int(error.status_code)
    return None


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">") or "localhost"
