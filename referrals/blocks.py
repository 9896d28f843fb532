"""What other rooms put on the friend's pages: rendered HTML, or an empty string where they have nothing to say."""

from collections.abc import Callable

from django.http import HttpRequest

from campaigns.models import Campaign
from config.lib.registry import Registry
from referrals.models import ReferralEvent

THANKS_BLOCKS: Registry[Callable[[HttpRequest, ReferralEvent], str]] = Registry("block of the thank-you page")
LANDING_BLOCKS: Registry[Callable[[HttpRequest, Campaign], str]] = Registry("block of the landing page")
