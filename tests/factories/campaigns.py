import factory
from factory.django import DjangoModelFactory

from campaigns.models import Campaign, CampaignCopy


class CampaignFactory(DjangoModelFactory):
    """An open campaign with its texts in English; `texts=None` leaves them out."""

    slug = factory.Sequence(lambda number: f"give-and-get-{number}")
    name = "Give and get"
    status = Campaign.Status.ACTIVE
    conversion_events = ["purchase"]
    texts = factory.RelatedFactory("tests.factories.campaigns.CopyFactory", factory_related_name="campaign")

    class Meta:
        model = Campaign
        skip_postgeneration_save = True


class CopyFactory(DjangoModelFactory):
    campaign = factory.SubFactory(CampaignFactory, texts=None)
    language = "en"
    headline = "Good coffee for your friends"
    friend_offer = "10 % off the first order"
    advocate_offer = "20 USD credit for each friend"
    good_fit = "Somebody who drinks more than two cups a day."
    call_to_action = "Claim your 10 %"
    share_text = "I buy my coffee here: {share_url}"
    terms = "Paid out once a friend has bought."

    class Meta:
        model = CampaignCopy
