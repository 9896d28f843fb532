"""What happens next. Counted or not, the page is the same: it tells nobody who is a customer or was referred before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from advocates.selectors import public_name
from campaigns.models import Campaign
from campaigns.selectors import company
from referrals.blocks import THANKS_BLOCKS
from referrals.models import ReferralEvent
from referrals.selectors import claim_of_token, enrolment_of_claim, first_answer_due
from referrals.views.door import asked_language, gone, keep_language
from referrals.working_hours import moment_words, zone_of


@never_cache
@require_safe
def thanks(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    event = claim_of_token(token, slug=slug)
    if event is None or event.campaign is None:
        return gone(request)
    language = asked_language(request)
    with override(language):
        response = _page(request, event, event.campaign, language)
    keep_language(response, request, language)
    return response


def _page(request: HttpRequest, event: ReferralEvent, campaign: Campaign, language: str) -> HttpResponse:
    enrolment = enrolment_of_claim(event)
    blocks = [block(request, event) for block in THANKS_BLOCKS]
    context = {
        "brand": campaign.brand,
        "title": _("Thank you for coming by"),
        "advocate_name": public_name(enrolment.contact) if enrolment else "",
        "blocks": [html for html in blocks if html],
        "steps": _steps(event, campaign, language),
    }
    return render(request, "referrals/thanks.html", context)


def _steps(event: ReferralEvent, campaign: Campaign, language: str) -> list[dict[str, str]]:
    due = first_answer_due(campaign, since=event.recorded_at)
    by = moment_words(due, language=language, zone=zone_of(campaign.time_zone))
    writer = campaign.default_owner.name if campaign.default_owner else company().name
    return [
        {"title": _("Look into your mail"), "text": _("What you need to know is on its way to you.")},
        {
            "title": _("%(who)s gets in touch with you") % {"who": writer},
            "text": _("Ask whatever you like to know; you are free to say no."),
            "when": _("by %(moment)s") % {"moment": by},
        },
        {"title": _("You decide"), "text": _("When you become a customer, your gift counts.")},
    ]
