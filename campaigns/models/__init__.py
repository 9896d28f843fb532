from campaigns.models.api_key import ApiKey, IdempotentAnswer
from campaigns.models.campaign import Brand, Campaign, CampaignCopy
from campaigns.models.company import Company
from campaigns.models.enrolment import Enrolment, EnrolmentEvent
from campaigns.models.message import MessageEvent, MessageTemplate, OutboundMessage
from campaigns.models.portal import PortalLink
from campaigns.models.survey import NpsSurvey, SurveyInvitation
from campaigns.models.testimonial import Testimonial

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
    "NpsSurvey",
    "OutboundMessage",
    "PortalLink",
    "SurveyInvitation",
    "Testimonial",
]
