"""Who is known as a customer already, reckoned for the moment at which a friend comes in."""

from datetime import datetime

from django.db.models import Max, QuerySet

from advocates.models import Contact, Purchase
from campaigns.models import Campaign
from config.lib.months import months_before


def is_known_customer(contact: Contact, campaign: Campaign, *, before: datetime) -> bool:
    """Had they bought before that moment, so that the campaign does not count them?

    Where it counts people again after some months without a purchase, the last purchase decides; somebody of whom we
    know that they are a customer, but not since when they bought nothing, is one.
    """
    if campaign.known_customers == Campaign.KnownCustomers.ACCEPT or not contact.is_customer:
        return False
    if not _had_bought(contact, before):
        return False
    last = last_bought(contact, before=before)
    if campaign.known_again_months is None or last is None:
        return True
    return last.date() > months_before(before.date(), campaign.known_again_months)


def last_bought(contact: Contact, *, before: datetime) -> datetime | None:
    """When they last bought before that moment, as far as we know the sales."""
    earlier = _purchases(contact).filter(occurred_at__lt=before)
    bought: datetime | None = earlier.aggregate(last=Max("occurred_at"))["last"]
    return bought


def _had_bought(contact: Contact, before: datetime) -> bool:
    """Other systems tell a count or a day without the sales: what of them is not a sale since, was before."""
    if contact.customer_since and contact.customer_since < before.date():
        return True
    since = _purchases(contact).filter(occurred_at__gte=before).count()
    return contact.purchases_count > since


def _purchases(contact: Contact) -> QuerySet[Purchase]:
    return Purchase.objects.filter(contact=contact, status__in=Purchase.COUNTING)
