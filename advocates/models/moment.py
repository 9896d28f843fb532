"""What somebody told us or went through that says how satisfied they are."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from advocates.models.imports import ImportRun
from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class MomentKind(models.TextChoices):
    PURCHASE = "purchase", _("bought")
    ISSUE_RESOLVED = "issue_resolved", _("a problem was solved")
    POSITIVE_FEEDBACK = "positive_feedback", _("praised us")
    PUBLIC_PRAISE = "public_praise", _("praised us in public")
    MILESTONE = "milestone", _("reached a milestone")
    IMPLEMENTATION_DONE = "implementation_done", _("everything was set up")
    TESTIMONIAL = "testimonial", _("gave a testimonial")
    COMPLAINT = "complaint", _("had a complaint")


class Moment(models.Model):
    """A moment of satisfaction, or a complaint: as long as that one is open, the person is not asked for anything."""

    Kind = MomentKind

    public_id = PublicIdField(prefix="mom")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="moments", verbose_name=_("person"))
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    source = models.CharField(_("source"), max_length=64)
    event_id = models.CharField(_("id at the source"), max_length=128)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    metadata = models.JSONField(_("further facts"), default=dict, blank=True)
    occurred_at = models.DateTimeField(_("when"))
    resolved_at = models.DateTimeField(_("complaint settled"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    import_run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="moments")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("moment")
        verbose_name_plural = _("moments")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="moment_once"),
            choices_check("kind", MomentKind, name="moment_kind_known"),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None) | models.Q(kind="complaint"), name="moment_only_complaints_settle"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "-occurred_at"], name="moment_of_contact"),
            models.Index(fields=["-occurred_at"], name="moment_newest"),
            models.Index(
                fields=["contact"], name="moment_open", condition=models.Q(kind="complaint", resolved_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class NpsAnswerVia(models.TextChoices):
    SURVEY = "survey", _("survey")
    API = "api", _("another system")
    IMPORT = "import", _("import")
    STAFF = "staff", _("told to staff")


class NpsAnswerQuerySet(models.QuerySet["NpsAnswer"]):
    def to_answer(self) -> "NpsAnswerQuerySet":
        """Detractors who said why, and to whom nobody has spoken since."""
        return self.filter(score__lt=Contact.PASSIVE_FROM, handled_at=None).exclude(comment="")

    def between(self, start: datetime, end: datetime) -> "NpsAnswerQuerySet":
        return self.filter(occurred_at__gt=start, occurred_at__lte=end)


class NpsAnswer(models.Model):
    """One answer to *would you recommend us?*, 0 to 10. The latest decides a person's standing on the contact."""

    Via = NpsAnswerVia

    public_id = PublicIdField(prefix="nps")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="nps_answers", verbose_name=_("person"))
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True, default="")
    via = models.CharField(_("came by"), max_length=10, choices=Via)
    source = models.CharField(_("source"), max_length=64)
    event_id = models.CharField(_("id at the source"), max_length=128)
    occurred_at = models.DateTimeField(_("answered"))
    handled_at = models.DateTimeField(_("got in touch"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    import_run = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="nps_answers"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NpsAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("NPS answer")
        verbose_name_plural = _("NPS answers")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="nps_answer_once"),
            choices_check("via", NpsAnswerVia, name="nps_answer_via_known"),
            models.CheckConstraint(condition=models.Q(score__lte=10), name="nps_answer_at_most_10"),
        ]
        indexes = [
            models.Index(fields=["contact", "-occurred_at"], name="nps_answer_of_contact"),
            models.Index(fields=["-occurred_at"], name="nps_answer_newest"),
        ]

    def __str__(self) -> str:
        return str(self.score)

    @property
    def standing(self) -> str:
        return Contact.standing_of(self.score)

    @property
    def waits_for_answer(self) -> bool:
        return self.standing == "detractor" and bool(self.comment) and self.handled_at is None
