from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from advocates.models.imports import ImportRun
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.states import choices_check


class PurchaseStatus(models.TextChoices):
    COMPLETE = "complete", _("complete")
    PART_RETURNED = "part", _("partly returned")
    RETURNED = "returned", _("returned")
    CANCELLED = "cancelled", _("called off")


class Purchase(models.Model):
    """A sale to a contact, referred or not: without the others, referred customers cannot be compared.

    `returned_amount` is what went back of it so far; wholly returned or cancelled, it no longer counts.
    """

    Status = PurchaseStatus

    COUNTING = (Status.COMPLETE, Status.PART_RETURNED)

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="purchases")
    source = models.CharField(_("source"), max_length=64)
    external_id = models.CharField(_("id at the source"), max_length=128)
    occurred_at = models.DateTimeField(_("bought at"))
    amount = AmountField(_("value"))
    unit = UnitField(verbose_name=_("currency"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.COMPLETE, db_default="complete"
    )
    returned_amount = AmountField(_("returned"), default=0, db_default=0)
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
            choices_check("status", PurchaseStatus, name="purchase_status_known"),
            models.CheckConstraint(
                condition=models.Q(returned_amount__gte=0, returned_amount__lte=models.F("amount")),
                name="purchase_returned_at_most_all",
            ),
        ]
        indexes = [models.Index(fields=["contact", "occurred_at"], name="purchase_of_contact")]

    def __str__(self) -> str:
        return self.external_id


class PurchaseReturnKind(models.TextChoices):
    RETURNED = "returned", _("returned")
    CANCELLED = "cancelled", _("called off")


class PurchaseReturn(models.Model):
    """Goods that came back, in whole or in part, or an order that was called off. Once by (source, event_id)."""

    Kind = PurchaseReturnKind

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="returns")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.RETURNED)
    source = models.CharField(_("source"), max_length=64)
    event_id = models.CharField(_("id at the source"), max_length=128)
    amount = AmountField(_("value"))
    occurred_at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="purchase_return_once"),
            choices_check("kind", PurchaseReturnKind, name="purchase_return_kind_known"),
            amount_check("amount", name="purchase_return_in_bounds", low=0),
        ]

    def __str__(self) -> str:
        return self.event_id
