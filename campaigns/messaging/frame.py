"""A mail's HTML is shown in a sandbox with a policy of its own: it styles itself, and runs and fetches nothing."""

from django.http import HttpResponse

POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


def mail_frame(html: str) -> HttpResponse:
    """The page inside the frame."""
    headers = {
        "Content-Security-Policy": POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Cache-Control": "no-store",
    }
    return HttpResponse(html, headers=headers)
