from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class CircleChoiceStatus(models.TextChoices):
    MEMBER = "member", _("in the inner circle")
    DISMISSED = "dismissed", _("not suggested again")
    REMOVED = "removed", _("taken out")
    LATER = "later", _("to be looked at again")


class CircleLevel(models.Model):
    """How near somebody stands to us, and what is offered to people there. Rank 1 is the innermost."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True, help_text=_("1 is the innermost."))
    offer = models.CharField(_("what they are offered"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("level of the inner circle")
        verbose_name_plural = _("levels of the inner circle")
        constraints = [models.CheckConstraint(condition=models.Q(rank__gte=1), name="circle_level_from_one")]

    def __str__(self) -> str:
        return self.name


class CircleChoiceQuerySet(models.QuerySet["CircleChoice"]):
    def standing(self) -> "CircleChoiceQuerySet":
        """Not about somebody who was merged: what was decided about the one who stays, stands."""
        return self.filter(contact__merged_into=None)

    def members(self) -> "CircleChoiceQuerySet":
        return self.standing().filter(status=CircleChoice.Status.MEMBER)

    def due_again(self, *, on: date) -> "CircleChoiceQuerySet":
        """Put off until that day or an earlier one."""
        later = self.standing().filter(status=CircleChoice.Status.LATER)
        return later.filter(remind_on__lte=on, contact__erased_at=None)


class CircleSuggestionQuerySet(models.QuerySet["CircleSuggestion"]):
    def open(self) -> "CircleSuggestionQuerySet":
        """Put forward, and nobody has decided."""
        return self.filter(decision="").exclude(live_key=models.F("public_id"))


class CircleChoice(models.Model):
    """What a person decided about somebody the machine suggested (or they thought of themselves)."""

    Status = CircleChoiceStatus

    MOVES = TransitionTable(
        {
            Status.MEMBER: [Status.REMOVED],
            Status.DISMISSED: [Status.MEMBER, Status.LATER],
            Status.REMOVED: [Status.MEMBER, Status.LATER],
            Status.LATER: [Status.MEMBER, Status.DISMISSED, Status.LATER],
        }
    )

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="circle")
    status = models.CharField(_("decision"), max_length=10, choices=Status)
    level = models.ForeignKey(
        CircleLevel, on_delete=models.PROTECT, null=True, blank=True, related_name="choices", verbose_name=_("level")
    )
    remind_on = models.DateField(_("look again on"), null=True, blank=True)
    reasons = models.JSONField(_("reasons at the time"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    chosen_at = models.DateTimeField(_("decided"))

    objects = CircleChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("inner circle")
        verbose_name_plural = _("inner circle")
        constraints = [
            choices_check("status", CircleChoiceStatus, name="circle_status_known"),
            models.CheckConstraint(
                condition=models.Q(status="later", remind_on__isnull=False)
                | (~models.Q(status="later") & models.Q(remind_on=None)),
                name="circle_later_has_its_day",
            ),
            models.CheckConstraint(
                condition=models.Q(status="member") | models.Q(level=None), name="circle_level_of_members"
            ),
        ]

    def __str__(self) -> str:
        return str(self.contact)


class CircleSuggestion(models.Model):
    """Whom the machine put forward, with score and reasons, and what a person made of it.

    `live_key` is the contact's public id while it is put forward, the row's own once somebody has decided or the
    machine no longer puts it forward: one open one a person.
    """

    public_id = PublicIdField(prefix="sug")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="suggestions")
    live_key = models.CharField(max_length=40, unique=True)
    score = models.IntegerField(_("score"))
    reasons = models.JSONField(_("reasons"), default=list, help_text=_("Signal, points and values of each."))
    suggested_at = models.DateTimeField(_("suggested"))
    refreshed_at = models.DateTimeField(_("weighed"))
    decision = models.CharField(_("decision"), max_length=10, choices=CircleChoiceStatus, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = CircleSuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision="") | models.Q(decision__in=CircleChoiceStatus.values),
                name="suggestion_decision_known",
            )
        ]
        indexes = [models.Index(fields=["-score"], name="suggestion_open", condition=models.Q(decision=""))]

    def __str__(self) -> str:
        return self.public_id
