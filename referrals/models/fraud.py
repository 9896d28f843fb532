from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral


class FraudSignal(models.Model):
    """What a rule noticed on a referral, with its points. A score never refuses: it holds, and a person decides."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="signals")
    rule = models.CharField(_("rule"), max_length=40)
    points = models.PositiveSmallIntegerField(_("points"))
    detail = models.JSONField(_("what was seen"), default=dict, blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("sign of fraud")
        verbose_name_plural = _("signs of fraud")
        constraints = [models.UniqueConstraint(fields=["referral", "rule"], name="fraud_signal_once")]

    def __str__(self) -> str:
        return self.rule
