"""Asking *would you recommend us?* by mail. The answer itself is a fact about the person (advocates.NpsAnswer)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact, NpsAnswer, Segment
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class NpsSurveyStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    ENDED = "ended", _("ended")


class NpsSurvey(models.Model):
    """Whom to ask, and after how long again. Who was asked for anything lately rests first, as with every ask."""

    Status = NpsSurveyStatus

    MOVES = TransitionTable(
        {Status.DRAFT: [Status.ACTIVE], Status.ACTIVE: [Status.ENDED], Status.ENDED: [Status.ACTIVE]}
    )

    public_id = PublicIdField(prefix="sur")
    name = models.CharField(_("name"), max_length=120, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    segment = models.ForeignKey(
        Segment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        verbose_name=_("whom to ask"),
        help_text=_("Empty: all customers."),
    )
    repeat_after_days = models.PositiveIntegerField(_("asked again after days"), default=180)
    daily_limit = models.PositiveIntegerField(_("mails a day at most"), default=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("NPS survey")
        verbose_name_plural = _("NPS surveys")
        constraints = [
            choices_check("status", NpsSurveyStatus, name="nps_survey_status_known"),
            models.CheckConstraint(condition=models.Q(repeat_after_days__gte=30), name="nps_survey_rests_a_month"),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyInvitation(models.Model):
    """One person asked once. Its link carries the signed public id; answering, and changing the answer, is a POST."""

    public_id = PublicIdField(prefix="sin")
    survey = models.ForeignKey(NpsSurvey, on_delete=models.PROTECT, related_name="invitations")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="survey_invitations")
    answer = models.OneToOneField(
        NpsAnswer, on_delete=models.SET_NULL, null=True, blank=True, related_name="survey_invitation"
    )
    invited_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation to a survey")
        verbose_name_plural = _("invitations to surveys")
        indexes = [models.Index(fields=["survey", "contact", "-invited_at"], name="survey_invitation_of")]

    def __str__(self) -> str:
        return self.public_id
