from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Enrolment
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

    benefits = models.TextField(
        _("what it brings"),
        blank=True,
        default="",
        db_default="",
        max_length=2_000,
        help_text=_("One a line; the portal shows them."),
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


class TierPolicy(models.Model):
    """How the tiers of a campaign behave. Without a row nobody is ever moved down."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, related_name="tier_policy", verbose_name=_("campaign")
    )
    demote_after_months = models.PositiveIntegerField(
        _("moved down after so many months without a confirmed referral"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("One step each time. Empty: never."),
    )

    class Meta:
        verbose_name = _("policy of tiers")
        verbose_name_plural = _("policies of tiers")

    def __str__(self) -> str:
        return str(self.campaign)


class TierMove(models.Model):
    """Somebody reached a tier, or was moved down. The newest says where they stand; none is ever changed.

    `key` makes a move happen once: what caused it, by its public id or month.
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="tier_moves", verbose_name=_("advocate")
    )
    key = models.CharField(max_length=80)
    tier_from = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("from")
    )
    tier_to = models.ForeignKey(
        Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to")
    )
    confirmed = models.PositiveIntegerField(_("confirmed referrals"))
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("move between tiers")
        verbose_name_plural = _("moves between tiers")
        constraints = [models.UniqueConstraint(fields=["enrolment", "key"], name="tier_move_once")]
        indexes = [models.Index(fields=["enrolment", "-id"], name="tier_move_of")]

    def __str__(self) -> str:
        return f"{self.tier_from or '–'} → {self.tier_to or '–'}"
