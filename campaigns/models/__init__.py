from campaigns.models.api_key import ApiKey, IdempotentAnswer
from campaigns.models.campaign import Brand, Campaign, CampaignCopy
from campaigns.models.company import Company
from campaigns.models.enrolment import Enrolment, EnrolmentEvent
from campaigns.models.message import MessageEvent, MessageTemplate, OutboundMessage
from campaigns.models.portal import PortalLink

__all__ = [
    "ApiKey",
    "Brand",
    "Campaign",
    "CampaignCopy",
    "Company",
    "Enrolment",
    "EnrolmentEvent",
    "IdempotentAnswer",
    "MessageEvent",
    "MessageTemplate",
    "OutboundMessage",
    "PortalLink",
]
