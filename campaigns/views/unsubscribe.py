"""The foot of a mail: the page asks, a press acts, and the mail program's own button acts at once (RFC 8058)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.forms import WishForm
from campaigns.models import OutboundMessage
from campaigns.selectors import is_mail_token, message_of_token
from campaigns.services.unsubscribe import Wish, unsubscribe, wish_of, wish_save
from config.lib import clock


@csrf_exempt  # the token is the authority: mail providers post without cookies (RFC 8058 §3.2)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    if not is_mail_token(token):
        raise Http404
    message = message_of_token(token)
    if request.method != "POST":
        return _page(request, message, is_done=False)
    if message:
        _act(request, message)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return HttpResponse(status=200)
    return _page(request, message, is_done=request.POST.get("undo") != "1")


def _act(request: HttpRequest, message: OutboundMessage) -> None:
    now = clock.now()
    form = WishForm(request.POST)
    if request.POST.get("undo") == "1":
        wish_save(message=message, wish=Wish.EVERYTHING, now=now)
    elif form.is_valid():
        wish_save(message=message, wish=form.cleaned_data["wish"], now=now)
    else:
        unsubscribe(message=message, now=now)


def _page(request: HttpRequest, message: OutboundMessage | None, *, is_done: bool) -> HttpResponse:
    address = message.to_address if message else ""
    wish = wish_of(address) if address else Wish.EVERYTHING
    context = {
        "done": is_done and wish != Wish.EVERYTHING,
        "address_words": masked(address),
        "form": WishForm(initial={"wish": wish}),
        "undo_url": request.path,
    }
    return render(request, "campaigns/unsubscribe.html", context)


def masked(address: str) -> str:
    """Enough for its owner, too little for who found the link: `l…@example.com`."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if domain else ""
