"""Scanners and previews follow every link of every mail. Nothing may change but what counts them."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from advocates.facts import ContactFacts
from advocates.models import User
from advocates.selectors import contact_email
from campaigns.messaging.mails import MAILS
from campaigns.models import Campaign, Enrolment, MessageEvent, OutboundMessage
from campaigns.services.messages import message_queue
from campaigns.services.portal import portal_link_request
from config.lib import clock
from referrals.models import Referral, Visit
from referrals.services.referrals import Entry, friend_claim
from rewards.models import Payout
from rewards.services.explaining import explanation_send
from rewards.services.payouts import payout_return
from tests.trust.trial import Figures, Size, expect

TIMES = {Size.SHORT: 1, Size.FULL: 3}
METHODS = ("get", "head", "options")
MAY_BE_ADDED = {Visit._meta.db_table, MessageEvent._meta.db_table}
# Where the button of a mail leads that is about something which the demo's story does not tell.
PAGES = {
    "portal_url": "/portal/",
    "payout_method_url": "/portal/payout-method/",
    "record_url": "/contests/cnt_trial/",
    "budget_url": "/admin/rewards/budget/",
    "claim_url": "/admin/referrals/claim/",
}
LINK = re.compile(r"https?://[^\s\"'<>)\]]+")


def prefetch(seed: int, size: Size) -> Figures:
    """No row of any table changes, no session is made; the same links do change rows when a button is pressed."""
    call_command("demo_data", verbosity=0, stdout=_Silence())
    _send_the_other_kinds()
    links = sorted(set(_links()))
    before = _rows()
    answers = [_follow(link, method) for link in links for method in METHODS for _time in range(TIMES[size])]
    after = _rows()
    changed = sorted(table for table in after if after[table] != before[table] and table not in MAY_BE_ADDED)
    expect(not changed, f"following links changed {', '.join(changed)}")
    lost = [table for table in MAY_BE_ADDED if before[table] - after[table]]
    expect(not lost, f"following links changed rows of {', '.join(lost)}")
    broken = [link for link, status in zip(_repeated(links, size), answers, strict=True) if status >= 500]
    expect(not broken, f"{len(broken)} links answer with an error of ours, such as {broken[:1]}")
    pressed = [link for link in links if "/u/" in link]
    Client().post(_path(pressed[0]), {"List-Unsubscribe": "One-Click"})
    expect(_rows() != after, "the control pressed a button and no change was seen")
    return {
        "kinds of mail": len(_kinds()),
        "links": len(links),
        "requests": len(answers),
        "rows changed": len(changed),
    }


class _Silence:
    def write(self, _text: str) -> int:
        return 0


def _send_the_other_kinds() -> None:
    """What the demo's story leaves out: a sign-in link, a refused claim, an answer, a payment that comes back …"""
    now = clock.now()
    enrolment = Enrolment.objects.filter(campaign__status=Campaign.Status.ACTIVE).latest("pk")
    address = contact_email(enrolment.contact)
    portal_link_request(address=address, now=now)
    entry = Entry(enrolment=enrolment, source="trial", method=Referral.Method.CODE, event_id="own-friend")
    friend_claim(entry=entry, friend=ContactFacts(email=address), now=now)
    paid = Payout.objects.filter(status=Payout.Status.SETTLED).latest("pk")
    explanation_send(contact=enrolment.contact, press="trial", actor=User.objects.latest("pk"), now=now)
    payout_return(payout=paid, actor=User.objects.latest("pk"), reason="account closed", now=now)
    _write_the_rest(enrolment, now)
    unseen = {kind.name for kind in MAILS} - _kinds()
    expect(not unseen, f"no mail of these kinds was written: {sorted(unseen)}")


def _write_the_rest(enrolment: Enrolment, now: datetime) -> None:
    """Those whose only address is that of a page, whatever else they say."""
    for kind in MAILS:
        if kind.name in _kinds() or not {name for name in kind.placeholders if name.endswith("_url")} <= PAGES.keys():
            continue
        values = {name: settings.SITE_URL + PAGES[name] if name in PAGES else "words" for name in kind.placeholders}
        is_staffs = kind.nature == OutboundMessage.Nature.STAFF
        to = {"staff_address": User.objects.latest("pk").email} if is_staffs else {"contact": enrolment.contact}
        message_queue(mail=kind.name, key=f"trial:{kind.name}", values=values, now=now, **to)


def _kinds() -> set[str]:
    return set(OutboundMessage.objects.values_list("mail", flat=True))


def _links() -> Iterator[str]:
    for message in OutboundMessage.objects.all():
        for part in (message.text, message.html, *message.headers.values()):
            yield from (link for link in LINK.findall(part) if link.startswith(settings.SITE_URL))


def _repeated(links: list[str], size: Size) -> Iterator[str]:
    return (link for link in links for _method in METHODS for _time in range(TIMES[size]))


def _follow(link: str, method: str) -> int:
    """The last status, redirects within the house followed; nobody is signed in and no cookie is kept."""
    response = getattr(Client(raise_request_exception=False), method)(_path(link), follow=method != "options")
    return int(response.status_code)


def _path(link: str) -> str:
    return link.removeprefix(settings.SITE_URL).replace("&amp;", "&")


def _rows() -> dict[str, set[int]]:
    """All rows of all tables by table, each as the hash of its values."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = {hash(str(row)) for row in cursor.fetchall()}
    return found
