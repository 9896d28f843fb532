from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rewards.blocks import coupon_block, event_of_token


@never_cache
@require_safe
def coupon(request: HttpRequest, token: str) -> HttpResponse:
    """The block of the thank-you page again, while the code is being made."""
    event = event_of_token(token)
    if event is None:
        raise Http404
    return HttpResponse(coupon_block(request, event))
