from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Enrolment
from config.lib.states import choices_check
from referrals.models.referral import Referral, ReferralMethod


class AttributionDecision(models.Model):
    """Who gets the credit for a friend, and why not somebody else. The newest stands; none is ever changed.

    `candidates`: `{"enrolment", "method", "channel", "won", "code", "values"}` each, the winner first, without a name
    or an address. `code` says why; the sentence is referrals/attribution_words.py's.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="decisions")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="decisions")
    method = models.CharField(_("how it was attributed"), max_length=10, choices=ReferralMethod)
    channel = models.CharField(_("channel"), max_length=32, blank=True, default="")
    candidates = models.JSONField(_("who was in question"), default=list)
    decided_at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who decided"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")
        constraints = [choices_check("method", ReferralMethod, name="attribution_method_known")]
        indexes = [models.Index(fields=["referral", "-id"], name="attribution_of")]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.enrolment}"
