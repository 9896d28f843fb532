from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField


class EarlyRefund(models.Model):
    """A refund that was told before its sale. It waits for that, and becomes an event under the same public id."""

    public_id = PublicIdField(prefix="evt")
    source = models.CharField(_("source"), max_length=64)
    event_id = models.CharField(_("id at the source"), max_length=128)
    refunds = models.CharField(_("id of the sale"), max_length=128)
    amount = AmountField(_("amount"), null=True, blank=True)
    unit = UnitField(verbose_name=_("currency"), blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    is_test = models.BooleanField(_("test"), default=False)
    recorded_at = models.DateTimeField(_("recorded"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    refused = models.CharField(
        _("why not"), max_length=40, blank=True, default="", help_text=_("Code of what stood against it.")
    )

    class Meta:
        verbose_name = _("refund before its sale")
        verbose_name_plural = _("refunds before their sale")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="early_refund_once"),
            amount_check("amount", name="early_refund_amount_in_bounds", low=0),
            models.CheckConstraint(
                condition=models.Q(amount=None) | ~models.Q(unit=""), name="early_refund_amount_has_unit"
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "refunds"], name="early_refund_waiting", condition=models.Q(settled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event_id}"
