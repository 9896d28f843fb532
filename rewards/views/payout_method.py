"""Where an advocate says where to pay, and the hint that asks for it."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from advocates.models import Contact
from advocates.selectors import contact_email
from campaigns.portal.shell import FRESH, contact_of, is_fresh, portal_render, portal_required
from campaigns.services.portal import portal_link_request
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.forms import PayoutMethodForm
from rewards.models import PayoutMethod, Reward, RewardRule
from rewards.payout_plan import is_resting
from rewards.policy import money_policy
from rewards.services.payout_methods import payout_method_of, payout_method_set
from rewards.words.payouts import payout_waits


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def payout_method(request: HttpRequest) -> HttpResponse:
    """Where money goes is said by who has just signed in: a device that was left open must not move it."""
    contact, now = contact_of(request), clock.now()
    may = is_fresh(request, now=now)
    form = PayoutMethodForm(request.POST if may and request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return _save(request, contact, form)
    context = {
        "form": form if may else None,
        "minutes": int(FRESH.total_seconds() // 60),
        "current": _current(contact, now),
        "waiting_words": "" if payout_method_of(contact) else waiting_words(contact),
        "resting_days": money_policy().resting_days,
    }
    return portal_render(request, "rewards/portal/payout_method.html", context)


@require_POST
@never_cache
@portal_required
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """A fresh link to this very page, to the address that we know."""
    address = contact_email(contact_of(request))
    if address:
        portal_link_request(address=address, next_path=reverse("rewards:payout_method"), now=clock.now())
    minutes = int(settings.PORTAL_LINK_AGE.total_seconds() // 60)
    return render(request, "campaigns/portal/sent.html", {"minutes": minutes})


def _current(contact: Contact, now: datetime) -> dict[str, str] | None:
    """`{words, rests}`: the account as it is shown, and until when a changed one rests."""
    method = payout_method_of(contact)
    if method is None:
        return None
    rests = ""
    if is_resting(method, now):
        day = date_format(localtime(method.usable_from), "DATE_FORMAT")
        rests = _("You changed it a short time ago. We pay to it from %(date)s.") % {"date": day}
    return {"words": method.masked, "rests": rests}


def payout_hint(request: HttpRequest, contact: Contact) -> str:
    """A panel of the portal: empty unless money waits for an account."""
    note = account_wanted(contact)
    return render_to_string("rewards/portal/payout_hint.html", {"note": note}, request) if note else ""


def payout_section(request: HttpRequest, contact: Contact) -> str:
    """A section of the portal's settings."""
    context = {"method": payout_method_of(contact), "url": reverse("rewards:payout_method")}
    return render_to_string("rewards/portal/payout_section.html", context, request)


def payout_note(contact: Contact) -> dict[str, str] | None:
    """{text, url, label} while money waits: for an account, or for something that passes by itself."""
    wanted = account_wanted(contact)
    waits = [] if wanted else payout_waits(contact, now=clock.now())
    if not waits:
        return wanted
    return {"text": " ".join(waits), "url": reverse("rewards:payout_method"), "label": _("Where we pay")}


def account_wanted(contact: Contact) -> dict[str, str] | None:
    """{text, url, label} while money waits and we do not know where to pay it."""
    words = waiting_words(contact)
    if not words or payout_method_of(contact):
        return None
    return {"text": words, "url": reverse("rewards:payout_method"), "label": _("Say where to pay it")}


def waiting_words(contact: Contact) -> str:
    """What is promised or ready in money, with the request for an account; empty when there is none."""
    promised = Reward.objects.filter(
        contact=contact,
        benefit=RewardRule.Benefit.CASH,
        status__in=[Reward.Status.PENDING, Reward.Status.APPROVED],
    )
    sums = promised.order_by("unit").values_list("unit").annotate(Sum("amount"))
    amounts = [money_words(Money(amount, unit)) for unit, amount in sums]
    if not amounts:
        return ""
    return _("%(amounts)s for you: tell us the bank account to pay it to.") % {
        "amounts": get_text_list(amounts, _("and"))
    }


def _save(request: HttpRequest, contact: Contact, form: PayoutMethodForm) -> HttpResponse:
    try:
        method = payout_method_set(contact=contact, now=clock.now(), **form.cleaned_data)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("rewards:payout_method")
    messages.success(request, _saved_words(method))
    return redirect("campaigns:portal")


def _saved_words(method: PayoutMethod) -> str:
    if method.usable_from is None:
        return _("From now on we pay to %(account)s.") % {"account": method.masked}
    day = date_format(localtime(method.usable_from), "DATE_FORMAT")
    return _("From %(date)s on we pay to %(account)s.") % {"account": method.masked, "date": day}
