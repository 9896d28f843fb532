"""*Would you recommend us?*: the page asks, a press answers. It says no name, and a link by itself changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext as _, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advocates.services.limits import rate_hit
from campaigns.forms import SurveyForm
from campaigns.models import SurveyInvitation
from campaigns.selectors import advocate_url, company, invitation_of_token, open_enrolment
from campaigns.services.surveys import CHANGE_WITHIN, is_answerable, standing_contact, survey_answer
from config.lib import clock
from config.lib.errors import DomainError

ANSWERS_AN_HOUR = 20

Page = Callable[[HttpRequest, SurveyInvitation, datetime], HttpResponse]


def by_token(page: Page) -> Callable[[HttpRequest, str], HttpResponse]:
    """The invitation behind the link, in the language that its mail was written in, unless another one was chosen."""

    @wraps(page)
    def door(request: HttpRequest, token: str) -> HttpResponse:
        now = clock.now()
        invitation = invitation_of_token(token)
        if invitation is None or not is_answerable(invitation, now=now):
            return _over(request)
        own = "" if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else standing_contact(invitation).language
        with override(own or get_language()):
            response = page(request, invitation, now)
        response["Content-Language"] = own or get_language() or settings.LANGUAGE_CODE
        return response

    return door


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_token
def survey(request: HttpRequest, invitation: SurveyInvitation, now: datetime) -> HttpResponse:
    """The figure that a link of the mail named is chosen on the page, and kept only when the button is pressed."""
    form = SurveyForm(request.POST if request.method == "POST" else None, initial=_known(request, invitation))
    if request.method == "POST" and form.is_valid():
        if not rate_hit(key=f"survey:{invitation.pk}", limit=ANSWERS_AN_HOUR, window=timedelta(hours=1), now=now):
            return render(request, "429.html", status=429)
        try:
            survey_answer(invitation=invitation, now=now, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("campaigns:survey_thanks", token=_token(request))
    context = {"form": form, "score": str(form["score"].value()), "is_change": invitation.answered_at is not None}
    return render(request, "campaigns/survey.html", context)


@never_cache
@require_safe
@by_token
def thanks(request: HttpRequest, invitation: SurveyInvitation, now: datetime) -> HttpResponse:
    """What happens next, by what they said; whoever would recommend us gets their link."""
    answer = invitation.answer
    if answer is None:
        return redirect("campaigns:survey", token=_token(request))
    change_url = reverse("campaigns:survey", args=[_token(request)])
    until = (invitation.answered_at or now) + CHANGE_WITHIN
    context = {
        "answer": answer,
        "change_url": change_url,
        "change_until": date_format(localtime(until), "DATE_FORMAT"),
    }
    words = {"promoter": _promoter, "passive": _passive, "detractor": _detractor}[answer.standing]
    return render(request, "campaigns/survey_thanks.html", context | words(invitation, change_url, now))


def _promoter(invitation: SurveyInvitation, _change_url: str, now: datetime) -> dict[str, Any]:
    enrolment = open_enrolment(standing_contact(invitation), now)
    said = {"art": "gift", "title": _("Thank you, that makes our day")}
    if enrolment is None:
        text = _("Is there somebody who would be glad of us too? Tell them about us the next time you meet.")
        return said | {"text": text}
    return said | {
        "text": _("Does somebody come to mind who would be glad of us too? This is your own link for them."),
        "action_url": advocate_url(enrolment),
        "action_label": _("Get my link and share it"),
    }


def _passive(invitation: SurveyInvitation, change_url: str, _now: datetime) -> dict[str, Any]:
    said = {"art": "done", "title": _("Thank you, that helps")}
    if _comment(invitation):
        return said | {"text": _("We read every word, and yours is with the team now.")}
    return said | {
        "text": _("What would we have to do better for a 9 or a 10? A sentence is enough."),
        "action_url": change_url,
        "action_label": _("Tell you why"),
    }


def _detractor(invitation: SurveyInvitation, change_url: str, _now: datetime) -> dict[str, Any]:
    said = {"art": "mail", "title": _("Thank you for being frank")}
    if _comment(invitation):
        text = _("Somebody from %(company)s reads what you wrote and gets in touch with you.")
        return said | {"text": text % {"company": company().name}}
    return said | {
        "text": _("We are sorry. Tell us what went wrong, and we get in touch with you."),
        "action_url": change_url,
        "action_label": _("Tell you what went wrong"),
    }


def _comment(invitation: SurveyInvitation) -> str:
    return invitation.answer.comment if invitation.answer else ""


def _known(request: HttpRequest, invitation: SurveyInvitation) -> dict[str, Any]:
    """What the form begins with: the earlier answer, and the figure that the link named."""
    answer = invitation.answer
    known: dict[str, Any] = {"score": answer.score, "comment": answer.comment} if answer else {}
    named = request.GET.get("score", "")
    return known | ({"score": named} if named in SurveyForm.FIGURES else {})


def _over(request: HttpRequest) -> HttpResponse:
    """One page for too old, unknown, and of somebody whom we forgot."""
    context = {
        "art": "gone",
        "title": _("This survey is over"),
        "text": _("Thank you for coming all the same. Whatever you want to tell us, simply answer one of our mails."),
    }
    return render(request, "public/message.html", context, status=410)


def _token(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs["token"]) if match else ""
