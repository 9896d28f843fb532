"""One company per installation, one page that says who it is and how careful it wants to be with money."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.states import choices_check


class CompanyFourEyes(models.TextChoices):
    ALWAYS = "always", _("always")
    ABOVE = "above", _("above an amount")
    NEVER = "never", _("never: one person may do both")


class Company(models.Model):
    FourEyes = CompanyFourEyes

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    website = models.URLField(_("website"), blank=True, default="")
    postal_address = models.TextField(
        _("postal address"),
        blank=True,
        default="",
        help_text=_("Stands in the foot of every mail; the law asks for it."),
    )
    reply_to = models.EmailField(_("reply address"), blank=True, default="")
    team_email = models.EmailField(
        _("team address"),
        blank=True,
        default="",
        help_text=_("Told of new referrals when the campaign names no other."),
    )
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True)
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#4f46e5")
    privacy_url = models.URLField(_("privacy notice"), blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    currency = UnitField(verbose_name=_("currency"), default="USD")
    working_hours = models.JSONField(
        _("working hours"),
        default=dict,
        blank=True,
        help_text=_('By weekday, Monday is 1: {"1": ["09:00", "17:00"], …}. Empty: Monday to Friday, 9 to 17.'),
    )
    debit_account_name = models.CharField(_("name on the account that pays"), max_length=120, blank=True, default="")
    debit_account_iban = models.CharField(_("IBAN of the account that pays"), max_length=34, blank=True, default="")
    four_eyes = models.CharField(
        _("a second person approves payout runs"), max_length=10, choices=FourEyes, default=FourEyes.ABOVE
    )
    four_eyes_amount = AmountField(
        _("above this amount"),
        default=0,
        help_text=_(
            "In minor units of the company's currency. A run in another currency always needs the second person."
        ),
    )
    ask_rest_days = models.PositiveIntegerField(_("days of rest between two asks"), default=180)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [
            choices_check("four_eyes", CompanyFourEyes, name="company_four_eyes_known"),
            models.CheckConstraint(condition=models.Q(singleton=True), name="company_only_one"),
            amount_check("four_eyes_amount", name="company_four_eyes_amount", low=0),
        ]

    def __str__(self) -> str:
        return self.name
