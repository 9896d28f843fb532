from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models.campaign import Campaign, CampaignCopy
from config.lib.ids import CODE_LENGTH, PublicIdField, new_code
from config.lib.states import TransitionTable, choices_check


class EnrolmentStatus(models.TextChoices):
    ACTIVE = "active", _("active")
    DISABLED = "disabled", _("disabled")


class Enrolment(models.Model):
    """Makes a contact an advocate of one campaign: one code, one link, the terms as they stood."""

    Status = EnrolmentStatus

    MOVES = TransitionTable({Status.ACTIVE: [Status.DISABLED], Status.DISABLED: [Status.ACTIVE]})

    public_id = PublicIdField(prefix="enr")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="enrolments")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="enrolments")
    code = models.CharField(_("referral code"), max_length=CODE_LENGTH, unique=True, default=new_code)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    terms_seen = models.ForeignKey(CampaignCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(_("came by"), max_length=32, blank=True, default="")
    is_test = models.BooleanField(_("test"), default=False)
    enrolled_at = models.DateTimeField(_("enrolled"))

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "contact"], name="enrolment_once"),
            choices_check("status", EnrolmentStatus, name="enrolment_status_known"),
        ]

    def __str__(self) -> str:
        return self.code


class EnrolmentEventType(models.TextChoices):
    ENROLLED = "enrolled", _("enrolled")
    SHARED = "shared", _("shared")
    ASKED = "asked", _("was asked")
    DISABLED = "disabled", _("link switched off")
    ENABLED = "enabled", _("link switched on")


class EnrolmentEvent(models.Model):
    """What an advocate did: audit, timeline and queue in one. The engine finds rows without an evaluation."""

    Type = EnrolmentEventType

    public_id = PublicIdField(prefix="eve")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="events")
    type = models.CharField(_("what"), max_length=16, choices=Type)
    channel = models.CharField(_("channel"), max_length=32, blank=True, default="")
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of an advocate")
        verbose_name_plural = _("steps of advocates")
        constraints = [choices_check("type", EnrolmentEventType, name="enrolment_event_type_known")]
        indexes = [models.Index(fields=["enrolment", "occurred_at"], name="enrolment_event_of")]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.enrolment}"
