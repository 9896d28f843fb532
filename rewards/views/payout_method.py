"""Where an advocate says where to pay, and the hint that asks for it."""

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advocates.models import Contact
from campaigns.portal.shell import contact_of, portal_render, portal_required
from config.lib import clock
from config.lib.errors import DomainError
from config.lib.money import Money, money_words
from rewards.forms import PayoutMethodForm
from rewards.models import Reward, RewardRule
from rewards.services.payout_methods import payout_method_of, payout_method_set


@require_http_methods(["GET", "HEAD", "POST"])
@portal_required
def payout_method(request: HttpRequest) -> HttpResponse:
    contact = contact_of(request)
    form = PayoutMethodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _save(request, contact, form)
    current = payout_method_of(contact)
    context = {
        "form": form,
        "current": {"words": current.masked} if current else None,
        "waiting_words": "" if current else waiting_words(contact),
    }
    return portal_render(request, "rewards/portal/payout_method.html", context)


def payout_hint(request: HttpRequest, contact: Contact) -> str:
    """A panel of the portal: empty unless money waits for an account."""
    note = payout_note(contact)
    return render_to_string("rewards/portal/payout_hint.html", {"note": note}, request) if note else ""


def payout_section(request: HttpRequest, contact: Contact) -> str:
    """A section of the portal's settings."""
    context = {"method": payout_method_of(contact), "url": reverse("rewards:payout_method")}
    return render_to_string("rewards/portal/payout_section.html", context, request)


def payout_note(contact: Contact) -> dict[str, str] | None:
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
    messages.success(request, _("From now on we pay to %(account)s.") % {"account": method.masked})
    return redirect("campaigns:portal")
