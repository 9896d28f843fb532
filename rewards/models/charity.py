from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField


class Charity(models.Model):
    """A good cause that rewards may go to. Somebody looked at its registration, and looks again by `review_date`."""

    public_id = PublicIdField(prefix="cha")
    key = models.SlugField(_("short name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it does"), max_length=2_000)
    website = models.URLField(_("website"), blank=True, default="")
    country = models.CharField(_("country"), max_length=2)
    registration_number = models.CharField(_("registration number"), max_length=64)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by")
    )
    checked_at = models.DateTimeField(_("checked"))
    review_date = models.DateField(_("to be checked again by"))
    is_active = models.BooleanField(_("may be given to"), default=True)

    class Meta:
        verbose_name = _("good cause")
        verbose_name_plural = _("good causes")
        constraints = [
            models.CheckConstraint(condition=~models.Q(registration_number=""), name="charity_is_registered"),
        ]

    def __str__(self) -> str:
        return self.name


class Donation(models.Model):
    """Money that the company has sent to a good cause, for all that was donated through it until then."""

    public_id = PublicIdField(prefix="don")
    charity = models.ForeignKey(
        Charity, on_delete=models.PROTECT, related_name="donations", verbose_name=_("good cause")
    )
    unit = UnitField(verbose_name=_("currency"))
    amount = AmountField(_("amount"))
    proof = models.CharField(_("number of the transfer"), max_length=120)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    sent_at = models.DateTimeField(_("sent"))

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        constraints = [amount_check("amount", name="donation_amount_positive", low=1)]

    def __str__(self) -> str:
        return self.public_id


class Fundraiser(models.Model):
    """A goal that gifts through a campaign are counted towards. What counts: events of one type, with their amount."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.CASCADE, related_name="fundraiser", verbose_name=_("campaign")
    )
    charity = models.ForeignKey(
        Charity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fundraisers",
        verbose_name=_("good cause"),
    )
    title = models.CharField(_("what for"), max_length=120)
    event_type = models.CharField(_("counts the event"), max_length=64, default="donation")
    goal = AmountField(_("goal"))
    unit = UnitField(verbose_name=_("currency"))
    counts_rewards = models.BooleanField(
        _("counts what we donate too"),
        default=False,
        help_text=_("Rewards of this campaign that go to the good cause."),
    )

    class Meta:
        verbose_name = _("fundraiser")
        verbose_name_plural = _("fundraisers")
        constraints = [amount_check("goal", name="fundraiser_goal_positive", low=1)]

    def __str__(self) -> str:
        return self.title
