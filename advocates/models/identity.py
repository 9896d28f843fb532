"""Who may be the same person is proposed by the machine and decided by staff; a merge can be undone for a while."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class ContactPairCause(models.TextChoices):
    CONFLICT = "conflict", _("keys of two people")
    ALIKE = "alike", _("look alike")


class ContactPairStatus(models.TextChoices):
    OPEN = "open", _("to be decided")
    MERGED = "merged", _("one person")
    APART = "apart", _("two people")


class ContactPair(models.Model):
    """Two contacts that may be one. `reasons`: codes with values, never names or addresses."""

    Cause = ContactPairCause
    Status = ContactPairStatus

    MOVES = TransitionTable(
        {
            Status.OPEN: [Status.MERGED, Status.APART],
            Status.APART: [Status.OPEN, Status.MERGED],
            Status.MERGED: [Status.OPEN],
        }
    )

    public_id = PublicIdField(prefix="pai")
    left = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="pairs_left")
    right = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="pairs_right")
    cause = models.CharField(_("why"), max_length=10, choices=Cause)
    score = models.PositiveSmallIntegerField(_("likeness"), default=100, help_text=_("0 to 100."))
    reasons = models.JSONField(_("reasons"), default=list)
    source = models.CharField(_("source"), max_length=64, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    found_at = models.DateTimeField(_("found"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="contact_pair_once"),
            models.CheckConstraint(condition=models.Q(left__lt=models.F("right")), name="contact_pair_in_order"),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="contact_pair_score_at_most_100"),
            choices_check("cause", ContactPairCause, name="contact_pair_cause_known"),
            choices_check("status", ContactPairStatus, name="contact_pair_status_known"),
        ]
        indexes = [models.Index(fields=["-score"], name="contact_pair_open", condition=models.Q(status="open"))]

    def __str__(self) -> str:
        return self.public_id


class ContactMerge(models.Model):
    """`gone` became a part of `kept`. `moved` names every row that changed its person, so that it can go back."""

    public_id = PublicIdField(prefix="mrg")
    kept = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="merges_away")
    moved = models.JSONField(default=dict, help_text=_("Table → ids of rows."))
    before = models.JSONField(default=dict, help_text=_("Columns of both contacts as they stood."))
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("merged by"),
    )
    merged_at = models.DateTimeField(_("day of the merge"))
    undo_until = models.DateTimeField(_("can be undone until"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return self.public_id
