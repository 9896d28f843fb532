from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check


class DemandRateQuerySet(models.QuerySet["DemandRate"]):
    def standing(self, *, at: datetime) -> "DemandRateQuerySet":
        """Those that hold at that moment."""
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gt=at), valid_from__lte=at)


class DemandRate(models.Model):
    """What a region pays while it needs people. Never edited: a change ends one row and begins another."""

    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="demand_rates", verbose_name=_("campaign")
    )
    region = models.CharField(_("region"), max_length=64)
    unit = UnitField(verbose_name=_("currency"))
    amount = AmountField(_("amount"))
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = DemandRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand of a region")
        verbose_name_plural = _("demand of regions")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "region", "unit", "valid_from"], name="demand_rate_once"),
            amount_check("amount", name="demand_amount_not_negative", low=0),
            models.CheckConstraint(condition=~models.Q(region=""), name="demand_region_not_empty"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
                name="demand_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.amount} {self.unit}"
