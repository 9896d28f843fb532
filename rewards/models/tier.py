from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from config.lib.rounding import BASIS_POINTS


class Tier(models.Model):
    """A step that advocates reach by confirmed referrals. An event's rewards use the tier that stood before it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tiers", verbose_name=_("campaign"))
    key = models.SlugField(_("short name"), max_length=64)
    name = models.CharField(_("name"), max_length=80)
    from_confirmed = models.PositiveIntegerField(_("from so many confirmed referrals"))
    multiplier = models.PositiveIntegerField(
        _("multiplier"),
        default=BASIS_POINTS,
        validators=[MinValueValidator(1)],
        help_text=_("In hundredths of a percent: 12500 is one and a quarter times."),
    )

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="tier_key_once"),
            models.UniqueConstraint(fields=["campaign", "from_confirmed"], name="tier_step_once"),
            models.CheckConstraint(
                condition=models.Q(multiplier__gte=1, multiplier__lte=100 * BASIS_POINTS),
                name="tier_multiplier_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name
