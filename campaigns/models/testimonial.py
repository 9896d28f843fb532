from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models.campaign import Campaign
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class TestimonialStatus(models.TextChoices):
    SUBMITTED = "submitted", _("to be read")
    APPROVED = "approved", _("published")
    DECLINED = "declined", _("not published")
    WITHDRAWN = "withdrawn", _("withdrawn by the person")


class TestimonialPlace(models.TextChoices):
    WEBSITE = "website", _("website")
    MAILS = "mails", _("mails")
    SOCIAL = "social", _("social media")
    PRINT = "print", _("print")


class Testimonial(models.Model):
    """What a customer says of us in their own words, with leave to publish it under that name, at those places."""

    Status = TestimonialStatus
    Place = TestimonialPlace

    MOVES = TransitionTable(
        {
            Status.SUBMITTED: [Status.APPROVED, Status.DECLINED, Status.WITHDRAWN],
            Status.APPROVED: [Status.DECLINED, Status.WITHDRAWN],
            Status.DECLINED: [Status.APPROVED, Status.WITHDRAWN],
        }
    )

    public_id = PublicIdField(prefix="tes")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="testimonials", verbose_name=_("person")
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="testimonials",
        verbose_name=_("campaign"),
        help_text=_("Empty: shown by all campaigns."),
    )
    text = models.TextField(_("words"), max_length=1000)
    shown_name = models.CharField(_("name to publish"), max_length=80)
    shown_company = models.CharField(_("company or town to publish"), max_length=120, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    places = models.JSONField(_("places of use"), default=list, help_text=_("website, mails, social media, print"))
    consent_version = models.CharField(_("version of the text agreed to"), max_length=64)
    consent_text = models.TextField(_("text agreed to"), max_length=1000)
    consented_at = models.DateTimeField(_("agreed"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SUBMITTED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("testimonial")
        verbose_name_plural = _("testimonials")
        constraints = [
            choices_check("status", TestimonialStatus, name="testimonial_status_known"),
            models.CheckConstraint(
                condition=~models.Q(status="withdrawn") | models.Q(withdrawn_at__isnull=False),
                name="testimonial_withdrawn_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="testimonial_by_status")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def signature(self) -> str:
        """Whose words they are, as the person wants it said."""
        return ", ".join(part for part in (self.shown_name, self.shown_company) if part)

    @property
    def place_words(self) -> str:
        words = dict(TestimonialPlace.choices)
        return ", ".join(str(words[place]) for place in self.places if place in words)
