"""The offer and its short form. A claim is a POST, and its answer is the same page for everybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from advocates.errors import IdentityConflict
from advocates.identity import email_key
from advocates.models import Consent
from advocates.selectors import public_name
from advocates.services.conflicts import conflicts_kept
from advocates.services.contacts import ContactFacts
from advocates.services.limits import rate_hit
from campaigns.errors import CampaignNotOpen
from campaigns.messaging.render import markdown_html
from campaigns.models import Campaign, CampaignCopy, Enrolment
from campaigns.selectors import company, copy_for, is_open
from campaigns.testimonials import quotes
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.signing import keyed_hash
from referrals.blocks import LANDING_BLOCKS
from referrals.cookies import Memory, memory_read
from referrals.errors import LinkOff
from referrals.forms import CONSENT_VERSION, ClaimForm
from referrals.models import Referral, ReferralEvent
from referrals.selectors import plain_code, thanks_token
from referrals.services.attribution import Decision, Evidence, Friend
from referrals.services.decisions import device_decide
from referrals.services.referrals import Entry, FriendConsent, friend_claim
from referrals.services.visits import address_hash, agent_hash
from referrals.views.door import asked_language, client_address, gone, keep_language, may_miss, too_many
from referrals.views.redirect import window_of

# An office behind one address may well bring a dozen people at once; a machine brings hundreds.
CLAIMS_OF_ADDRESS, ADDRESS_WINDOW = 30, timedelta(minutes=10)
CLAIMS_OF_CODE, CODE_WINDOW = 100, timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Knock:
    """One call of the page, with everything that was read at the door."""

    request: HttpRequest
    campaign: Campaign
    language: str
    memory: Memory
    now: datetime


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Whose word brought this friend, and how that was decided."""

    enrolment: Enrolment
    credit: Evidence
    decision: Decision


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def landing(request: HttpRequest, slug: str) -> HttpResponse:
    now = clock.now()
    campaign = Campaign.objects.select_related("brand").filter(slug=slug).first()
    if campaign is None or not is_open(campaign, now):
        return gone(request)
    knock = Knock(request, campaign, asked_language(request), memory_read(request), now)
    with override(knock.language):
        response = _claim(knock) if request.method == "POST" else _show(knock)
    keep_language(response, request, knock.language)
    return response


def _show(knock: Knock) -> HttpResponse:
    code = plain_code(knock.request.GET.get("r", ""))
    recommendation = _recommendation(knock, named=code)
    if code and not _is_named(recommendation) and not may_miss(knock.request, now=knock.now):
        return too_many(knock.request)
    return _page(knock, _form(knock, recommendation), recommendation)


def _claim(knock: Knock) -> HttpResponse:
    key = f"claim:{client_address(knock.request)}"
    if not rate_hit(key=key, limit=CLAIMS_OF_ADDRESS, window=ADDRESS_WINDOW, now=knock.now):
        return too_many(knock.request)
    recommendation = _recommendation(knock, named=plain_code(knock.request.GET.get("r", "")))
    form = _form(knock, recommendation)
    if not form.is_valid():
        return _page(knock, form, recommendation)
    recommendation = recommendation or _recommendation(knock, named=plain_code(form.cleaned_data["code"]))
    if recommendation is None:
        return _unknown_code(knock, form)
    key = f"claim:{recommendation.enrolment.public_id}"
    if not rate_hit(key=key, limit=CLAIMS_OF_CODE, window=CODE_WINDOW, now=knock.now):
        return too_many(knock.request)
    return _enter(knock, form, recommendation)


def _enter(knock: Knock, form: ClaimForm, recommendation: Recommendation) -> HttpResponse:
    try:
        with conflicts_kept(knock.now):
            event = friend_claim(entry=_entry(knock, form, recommendation), friend=_friend(knock, form), now=knock.now)
    except (CampaignNotOpen, LinkOff):
        return gone(knock.request)
    except IdentityConflict:  # whom we know is nobody's business here
        return too_many(knock.request)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(knock, form, recommendation)
    return redirect("referrals:thanks", slug=knock.campaign.slug, token=thanks_token(event))


def _recommendation(knock: Knock, *, named: str) -> Recommendation | None:
    decision, enrolments = device_decide(
        campaign=knock.campaign, named=named, touches=knock.memory.touches, friend=Friend(), now=knock.now
    )
    credit = decision.winner
    return Recommendation(enrolments[credit.enrolment], credit, decision) if credit else None


def _is_named(recommendation: Recommendation | None) -> bool:
    return recommendation is not None and recommendation.credit.method == Referral.Method.CODE


def _came_at(knock: Knock, credit: Evidence) -> datetime | None:
    """When the link was first followed, as far as the campaign remembers."""
    return max(credit.first_at, knock.now - window_of(knock.campaign)) if credit.first_at else None


def _form(knock: Knock, recommendation: Recommendation | None) -> ClaimForm:
    return ClaimForm(
        knock.request.POST if knock.request.method == "POST" else None,
        campaign=knock.campaign,
        company_name=company().name,
        is_code_needed=recommendation is None,
        now=knock.now,
    )


def _friend(knock: Knock, form: ClaimForm) -> ContactFacts:
    answers = form.cleaned_data
    return ContactFacts(
        email=answers["email"],
        phone=answers["phone"],
        name=answers["name"],
        company=answers.get("company", ""),
        language=knock.language,
    )


def _entry(knock: Knock, form: ClaimForm, recommendation: Recommendation) -> Entry:
    request, credit = knock.request, recommendation.credit
    channels = (
        (Consent.Channel.EMAIL, Consent.Channel.PHONE) if form.cleaned_data["phone"] else (Consent.Channel.EMAIL,)
    )
    person = email_key(form.cleaned_data["email"]).value
    return Entry(
        enrolment=recommendation.enrolment,
        source=ReferralEvent.LANDING,
        method=credit.method,
        evidence={
            "visitor": knock.memory.visitor,
            "address": address_hash(client_address(request)),
            "agent": agent_hash(request.headers.get("User-Agent", "")),
            "link_followed_at": credit.last_at.isoformat() if credit.last_at else "",
        },
        channel=credit.channel,
        came_at=_came_at(knock, credit),
        decision=recommendation.decision,
        consent=FriendConsent(
            source=ReferralEvent.LANDING, given_at=knock.now, channels=channels, text_version=CONSENT_VERSION
        ),
        language=knock.language,
        # One showing of the form, one person: pressed twice, it is one claim.
        event_id=keyed_hash("claim", f"{form.nonce}:{person}"),
    )


def _unknown_code(knock: Knock, form: ClaimForm) -> HttpResponse:
    if not may_miss(knock.request, now=knock.now):
        return too_many(knock.request)
    form.add_error("code", _("This code leads nowhere. Please look at it once more, or ask who gave it to you."))
    return _page(knock, form, None)


def _page(knock: Knock, form: ClaimForm, recommendation: Recommendation | None) -> HttpResponse:
    blocks = [block(knock.request, knock.campaign) for block in LANDING_BLOCKS]
    context = {
        "campaign": knock.campaign,
        "brand": knock.campaign.brand,
        "copy": _copy_context(copy_for(knock.campaign, knock.language), quotes(knock.campaign, knock.language)),
        "advocate_name": public_name(recommendation.enrolment.contact) if recommendation else "",
        "form": form,
        "blocks": [html for html in blocks if html],
    }
    return render(knock.request, "referrals/landing.html", context)


def _copy_context(copy: CampaignCopy, testimonials: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "headline": copy.headline,
        "intro": copy.intro,
        "friend_offer": copy.friend_offer,
        "advocate_offer": copy.advocate_offer,
        "good_fit": copy.good_fit,
        "cta": copy.call_to_action,
        "faq": copy.faq,
        "quotes": [*testimonials, *copy.quotes],
        "terms_html": markdown_html(copy.terms),
    }
