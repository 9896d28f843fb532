from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class ImportRunKind(models.TextChoices):
    CONTACTS = "contacts", _("contacts")
    PURCHASES = "purchases", _("purchases")


class ImportRunStatus(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("stopped by an error")


class ImportRun(models.Model):
    """One reading of one file: what it found, what it wrote, where it stands."""

    Kind = ImportRunKind
    Status = ImportRunStatus

    MOVES = TransitionTable({Status.RUNNING: [Status.DONE, Status.FAILED], Status.FAILED: [Status.RUNNING]})

    public_id = PublicIdField(prefix="imp")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    source = models.CharField(_("source"), max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    created_count = models.PositiveIntegerField(_("created"), default=0)
    updated_count = models.PositiveIntegerField(_("updated"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    error = models.TextField(_("error"), blank=True, default="")
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            choices_check("kind", ImportRunKind, name="import_kind_known"),
            choices_check("status", ImportRunStatus, name="import_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_kind_display()})"


class Purchase(models.Model):
    """A sale to a contact, referred or not: without the others, referred customers cannot be compared."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="purchases")
    source = models.CharField(_("source"), max_length=64)
    external_id = models.CharField(_("id at the source"), max_length=128)
    occurred_at = models.DateTimeField(_("bought at"))
    amount = AmountField(_("value"))
    unit = UnitField(verbose_name=_("currency"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    import_run = models.ForeignKey(
        ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="purchases"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="purchase_once"),
            amount_check("amount", name="purchase_amount_in_bounds", low=0),
        ]
        indexes = [models.Index(fields=["contact", "occurred_at"], name="purchase_of_contact")]

    def __str__(self) -> str:
        return self.external_id
