"""What mails and links say for the inner circle: who reads what we write, and who passes it on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from advocates.circle import Reading, Signal
from advocates.models import Contact
from campaigns.models import EnrolmentEvent, MessageEvent, OutboundMessage

Kind = MessageEvent.Kind
READ = (Kind.OPENED, Kind.CLICKED)
LATELY = timedelta(days=365)
LAST_MAILS = 2


def reads_mails(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    """The last two mails that we sent were both opened. Pictures that a program fetches count too: few points."""
    was_read = Exists(MessageEvent.objects.filter(message=OuterRef("pk"), kind__in=READ))
    sent = OutboundMessage.objects.filter(
        contact__in=[contact.pk for contact in candidates], sent_at__gte=now - LATELY, sent_at__lte=now
    )
    last: dict[int, list[bool]] = defaultdict(list)
    for contact, is_read in sent.order_by("-sent_at").annotate(is_read=was_read).values_list("contact_id", "is_read"):
        if len(last[contact]) < LAST_MAILS:
            last[contact].append(is_read)
    return {contact: Reading(6) for contact, reads in last.items() if len(reads) == LAST_MAILS and all(reads)}


def reads_words(values: Mapping[str, Any]) -> str:
    return _("opened the last two mails")


def shared_a_link(candidates: Sequence[Contact], now: datetime) -> dict[int, Reading]:
    shared = EnrolmentEvent.objects.filter(
        enrolment__contact__in=[contact.pk for contact in candidates],
        type=EnrolmentEvent.Type.SHARED,
        occurred_at__gte=now - LATELY,
    )
    counted = shared.order_by().values_list("enrolment__contact_id").annotate(times=Count("pk"))
    return {contact: Reading(min(5 * times, 15), {"times": times}) for contact, times in counted}


def shared_words(values: Mapping[str, Any]) -> str:
    return ngettext("shared a link lately", "shared a link %(times)s times lately", values["times"]) % values


CAMPAIGN_SIGNALS = (
    Signal("reads_mails", gettext_lazy("reads our mails"), reads_mails, reads_words),
    Signal("shared_a_link", gettext_lazy("shared a link"), shared_a_link, shared_words),
)
