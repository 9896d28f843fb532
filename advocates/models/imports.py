"""A file that was handed in, how it is read, and what reading it changed, so that it can be taken back."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class ImportRunKind(models.TextChoices):
    CONTACTS = "contacts", _("contacts")
    PURCHASES = "purchases", _("purchases")
    MOMENTS = "moments", _("moments")


class ImportRunFormat(models.TextChoices):
    AUTO = "auto", _("by its content")
    CSV = "csv", _("CSV or text")
    XLSX = "xlsx", _("Excel workbook")
    HUBSPOT = "hubspot", _("HubSpot export")
    SHOPIFY = "shopify", _("Shopify export")


class ImportRunStatus(models.TextChoices):
    DRAFT = "draft", _("not begun")
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped by an error")
    CANCELLED = "cancelled", _("cancelled")
    UNDONE = "undone", _("taken back")


class ImportRun(models.Model):
    """One reading of one file: what it found, what it wrote, where it stands.

    `path` lies under settings.IMPORT_ROOT and is empty for a file that a command reads where it is. A running import
    holds a lease; whoever finds it over goes on after `rows_read`.
    """

    Kind = ImportRunKind
    Format = ImportRunFormat
    Status = ImportRunStatus

    MOVES = TransitionTable(
        {
            Status.DRAFT: [Status.QUEUED, Status.CANCELLED],
            Status.QUEUED: [Status.RUNNING, Status.PAUSED, Status.CANCELLED],
            Status.RUNNING: [Status.DONE, Status.FAILED, Status.PAUSED, Status.CANCELLED],
            Status.PAUSED: [Status.QUEUED, Status.CANCELLED],
            Status.FAILED: [Status.QUEUED, Status.RUNNING, Status.UNDONE],
            Status.DONE: [Status.UNDONE],
            Status.CANCELLED: [Status.UNDONE],
        }
    )

    public_id = PublicIdField(prefix="imp")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.AUTO)
    source = models.CharField(_("source"), max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    path = models.CharField(max_length=200, blank=True, default="")
    refused_path = models.CharField(max_length=200, blank=True, default="")
    mapping = models.JSONField(_("columns"), default=dict, blank=True, help_text=_("Column → field."))
    encoding = models.CharField(_("encoding"), max_length=20, blank=True, default="")
    sheet = models.CharField(_("sheet"), max_length=64, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=16, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING)
    rows_total = models.PositiveIntegerField(_("rows in all"), null=True, blank=True)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    merged_count = models.PositiveIntegerField(_("merged"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    error = models.TextField(_("error"), blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handed in by"),
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    # Without pauses and waiting, so that the time that is left can be told.
    worked_for = models.DurationField(default=timedelta)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            choices_check("kind", ImportRunKind, name="import_kind_known"),
            choices_check("format", ImportRunFormat, name="import_format_known"),
            choices_check("status", ImportRunStatus, name="import_status_known"),
        ]
        indexes = [
            models.Index(
                fields=["started_at"], name="import_to_do", condition=models.Q(status__in=["queued", "running"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_kind_display()})"


class ImportMapping(models.Model):
    """Which column of a source holds what, as a person said it last; the next file of that source begins with it."""

    source = models.CharField(_("source"), max_length=64)
    kind = models.CharField(_("kind"), max_length=10, choices=ImportRunKind)
    mapping = models.JSONField(_("columns"), default=dict, help_text=_("Plain name of the column → field."))
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind"], name="import_mapping_once"),
            choices_check("kind", ImportRunKind, name="import_mapping_kind_known"),
        ]

    def __str__(self) -> str:
        return self.source
