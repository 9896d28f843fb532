"""An open campaign with its texts; the code, the mails and the links of it come from services, as everywhere."""

from itertools import count
from typing import Any

from campaigns.models import Campaign, CampaignCopy

numbers = count(1)


def campaign_made(*, has_texts: bool = True, **facts: Any) -> Campaign:
    """An active campaign, with texts in its main language unless told otherwise."""
    values = {
        "slug": f"give-and-get-{next(numbers)}",
        "name": "Give and get",
        "status": Campaign.Status.ACTIVE,
        "conversion_events": ["purchase"],
    }
    campaign = Campaign.objects.create(**(values | facts))
    if has_texts:
        copy_made(campaign)
    return campaign


def copy_made(campaign: Campaign, **texts: Any) -> CampaignCopy:
    values = {
        "language": "en",
        "headline": "Good coffee for your friends",
        "friend_offer": "10 % off the first order",
        "advocate_offer": "20 USD credit for each friend",
        "good_fit": "Somebody who drinks more than two cups a day.",
        "call_to_action": "Claim your 10 %",
        "share_text": "I buy my coffee here: {share_url}",
        "terms": "Paid out once a friend has bought.",
    }
    return CampaignCopy.objects.create(campaign=campaign, **(values | texts))
