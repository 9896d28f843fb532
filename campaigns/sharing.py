"""How an advocate passes a link on: by their own means, so that they choose the words and whom they reach."""

from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.urls import reverse
from django.utils.safestring import mark_safe

from campaigns.messaging.placeholders import fill
from campaigns.models import Enrolment
from campaigns.selectors import copy_for, enrolment_token, share_url

COPIED = "link"
WHATSAPP = "whatsapp"
EMAIL = "email"
QR = "qr"
# What the counting endpoint takes; anything else is counted as COPIED.
CHANNELS = frozenset({COPIED, WHATSAPP, EMAIL, QR, "more"})


def share_tools(enrolment: Enrolment, *, language: str) -> dict[str, Any]:
    """What components/share_bar.html shows: link, code, buttons and QR, the text in that language."""
    copy = copy_for(enrolment.campaign, language)
    token = enrolment_token(enrolment)
    return {
        "url": share_url(enrolment),
        "code": enrolment.code,
        "title": copy.headline,
        "text": fill(copy.share_text, {"share_url": share_url(enrolment, channel="more")}),
        "whatsapp_url": _whatsapp(fill(copy.share_text, {"share_url": share_url(enrolment, channel=WHATSAPP)})),
        "mail_url": _mailto(copy.headline, fill(copy.share_text, {"share_url": share_url(enrolment, channel=EMAIL)})),
        "qr_svg": qr_svg(enrolment),
        "qr_download_url": reverse("campaigns:qr", args=[token]),
        "track": reverse("campaigns:share", args=[token]),
    }


def qr_svg(enrolment: Enrolment) -> str:
    """The code as inline SVG without styles, black on white so that every reader takes it in dark mode too."""
    code = segno.make(share_url(enrolment, channel=QR), error="m")
    return mark_safe(code.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=True))  # noqa: S308 - made here


def qr_png(enrolment: Enrolment, *, out: Any) -> None:
    """For print: 12 pixels a module."""
    segno.make(share_url(enrolment, channel=QR), error="m").save(out, kind="png", scale=12, border=4)


def _whatsapp(text: str) -> str:
    return f"https://wa.me/?{urlencode({'text': text})}"


def _mailto(subject: str, text: str) -> str:
    # RFC 6068: blanks are %20 here, a plus sign would stay a plus sign.
    return f"mailto:?subject={quote(subject)}&body={quote(text)}"
