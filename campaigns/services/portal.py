"""A sign-in link works once, for ten minutes, and only its hash is kept."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from advocates.errors import BadEmail
from advocates.models import Contact, ContactDetails
from advocates.selectors import contact_email
from advocates.services.contacts import ContactRef, contact_find
from advocates.services.limits import rate_hit
from campaigns.errors import LinkUsed
from campaigns.models import PortalLink
from campaigns.services.messages import message_queue
from campaigns.services.unsubscribe import address_wish_save
from config.lib.signing import token_hash

TOKEN_BYTES = 24  # 192 bits
LINKS_AN_HOUR = 5
KEPT = timedelta(days=7)


def portal_link_create(*, contact: Contact, now: datetime, next_path: str = "") -> str:
    """A fresh absolute address that signs this contact in. It cannot be shown a second time."""
    url, _link = _link_make(contact, now, next_path)
    return url


def portal_link_request(*, address: str, now: datetime, next_path: str = "") -> None:
    """Mail a link to whoever has this address; nobody is told whether that is anybody. At most five an hour."""
    if not rate_hit(
        key=f"portal_link:{address.strip().lower()}", limit=LINKS_AN_HOUR, window=timedelta(hours=1), now=now
    ):
        return
    try:
        contact = contact_find(ref=ContactRef(email=address), source="")
    except BadEmail:
        return
    if contact is None or contact.erased_at:
        return
    with transaction.atomic():
        url, link = _link_make(contact, now, next_path)
        message_queue(
            mail="portal_link",
            key=f"portal_link:{link.public_id}",
            values={"link": url, "minutes": str(int(settings.PORTAL_LINK_AGE.total_seconds() // 60))},
            contact=contact,
            expires_at=link.expires_at,
            now=now,
        )


def portal_link_alive(*, token: str, now: datetime) -> PortalLink | None:
    """Would it still sign somebody in? Looking uses nothing up."""
    links = PortalLink.objects.select_related("contact__details")
    return links.filter(token_hash=token_hash(token), used_at=None, expires_at__gt=now, contact__erased_at=None).first()


def portal_link_use(*, token: str, now: datetime) -> Contact:
    """Use it up: whom it signs in. Of two who press at once, one gets in. Raises LinkUsed."""
    link = portal_link_alive(token=token, now=now)
    # Only columns of the link itself: over a join this would become a subquery, which sees the row as it was before.
    if link is None or not PortalLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkUsed
    return link.contact


def portal_settings_save(*, contact: Contact, public_name: str, language: str, now: datetime, wish: str = "") -> None:
    """What a person says about themselves; an empty `wish` leaves what they get as it is."""
    address = contact_email(contact)
    with transaction.atomic():
        Contact.objects.filter(pk=contact.pk).update(language=language, updated_at=now)
        ContactDetails.objects.update_or_create(contact=contact, defaults={"public_name": public_name})
        if wish and address:
            address_wish_save(address=address, wish=wish, now=now)


def portal_links_purge(now: datetime) -> dict[str, int]:
    """Forget links that ran out long ago."""
    count, _by_model = PortalLink.objects.filter(expires_at__lt=now - KEPT).delete()
    return {"deleted": count}


def _link_make(contact: Contact, now: datetime, next_path: str) -> tuple[str, PortalLink]:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PortalLink.objects.create(
        contact=contact,
        token_hash=token_hash(token),
        next_path=next_path[:200],
        created_at=now,
        expires_at=now + settings.PORTAL_LINK_AGE,
    )
    return f"{settings.SITE_URL}/portal/in/{token}/", link
