"""Staff sign in through allauth: nobody signs up, and in production nobody works without a second factor."""

from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.signing import open_sealed, seal


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are made by staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class StaffMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Who reads a copy of the database must not be able to make codes from it."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text)


class SecondFactorMiddleware:
    """Sends staff without a second factor from any page of the console to where they set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_MFA_REQUIRED and self._lacks_second_factor(request):
            messages.info(request, _("Set up a second step for signing in first. It takes a minute."))
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        if not request.path.startswith(reverse("admin:index")) or request.path == reverse("admin:logout"):
            return False
        return request.user.is_authenticated and not is_mfa_enabled(request.user)
