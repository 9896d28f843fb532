"""What a friend and their advocate were promised at sign-up. It is written once; what stands today never lowers it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models import Referral


class Quote(models.Model):
    """Frozen: whose rule versions count, the region and its demand. Tier and segments: the better of then and now."""

    referral = models.OneToOneField(
        Referral, on_delete=models.CASCADE, related_name="quote", verbose_name=_("referral")
    )
    rules_at = models.DateTimeField(_("rules as of"))
    valid_until = models.DateTimeField(_("stands until"), null=True, blank=True, help_text=_("Empty: for good."))
    region = models.CharField(_("region"), max_length=64, blank=True, default="")
    demand = models.JSONField(_("amount by demand"), default=dict, blank=True, help_text=_("Minor units by currency."))
    tier = models.CharField(_("tier of the advocate"), max_length=64, blank=True, default="")
    segments = models.JSONField(_("segments of the advocate"), default=list, blank=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")

    def __str__(self) -> str:
        return str(self.referral)
