"""The answer to 'Why did I not get a reward?', sent to the person who asked."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _, override

from advocates.models import Contact, User
from advocates.services.audit import audit
from campaigns.models import OutboundMessage
from campaigns.selectors import company
from campaigns.services.messages import message_queue
from rewards.errors import NotSent
from rewards.explain.own import own_words
from rewards.mails import REWARD_EXPLAINED


def explanation_of(contact: Contact) -> str:
    """In the person's own language, a paragraph for each matter."""
    with override(contact.language or company().language):
        return "\n\n".join(own_words(contact))


def explanation_send(*, contact: Contact, press: str, actor: User, now: datetime) -> OutboundMessage:
    """Write it to the person, once for each `press` of the button. Raises NotSent where no mail may go there."""
    with transaction.atomic():
        key = f"{REWARD_EXPLAINED.name}:{contact.public_id}:{press}"
        is_new = not OutboundMessage.objects.filter(dedupe_key=key).exists()
        values = {"explanation": explanation_of(contact)}
        message = message_queue(mail=REWARD_EXPLAINED.name, key=key, values=values, contact=contact, now=now)
        if message is None:
            raise NotSent(_("No mail can go to this person: no address is known, or theirs is held back."))
        if is_new:
            audit(verb="reward_explained", row=contact, actor=actor, after={"message": message.public_id})
    return message
