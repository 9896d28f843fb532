from campaigns.admin import api_key, campaign, company, enrolment, message, survey, template, testimonial
from campaigns.admin.inlines import CAMPAIGN_INLINES

__all__ = [
    "CAMPAIGN_INLINES",
    "api_key",
    "campaign",
    "company",
    "enrolment",
    "message",
    "survey",
    "template",
    "testimonial",
]
