"""How good a customer somebody is: quintiles over all customers, and what a published model expects of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.fields import UnitField


class CustomerModel(models.Model):
    """One fit of the customer-base model. `parameters` and `figures` are decimal numbers as text: no floats at rest."""

    parameters = models.JSONField(_("parameters"))
    figures = models.JSONField(_("how well it fits"), default=dict)
    customers = models.PositiveIntegerField(_("customers"))
    fitted_at = models.DateTimeField(_("fitted"))

    class Meta:
        verbose_name = _("customer-base model")
        verbose_name_plural = _("customer-base models")
        indexes = [models.Index(fields=["-fitted_at"], name="customer_model_newest")]

    def __str__(self) -> str:
        return str(self.fitted_at)


def _quintile(field: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 1, f"{field}__lte": 5}), name=f"score_{field}_is_quintile"
    )


class CustomerScore(models.Model):
    """Quintiles: 5 is the best fifth. Value is compared within one currency. Written by the job `customers_score`."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, primary_key=True, related_name="score")
    recency = models.PositiveSmallIntegerField(_("recency"))
    frequency = models.PositiveSmallIntegerField(_("frequency"))
    value = models.PositiveSmallIntegerField(_("value"))
    unit = UnitField(verbose_name=_("currency"), blank=True, default="")
    expected_milli = models.PositiveIntegerField(
        _("expected purchases"), null=True, blank=True, help_text=_("In thousandths, within a year.")
    )
    alive_bp = models.PositiveSmallIntegerField(
        _("chance to be still active"), null=True, blank=True, help_text=_("In basis points.")
    )
    model = models.ForeignKey(CustomerModel, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    scored_at = models.DateTimeField(_("reckoned"))

    class Meta:
        verbose_name = _("customer score")
        verbose_name_plural = _("customer scores")
        constraints = [
            _quintile("recency"),
            _quintile("frequency"),
            _quintile("value"),
            models.CheckConstraint(
                condition=models.Q(alive_bp=None) | models.Q(alive_bp__lte=10_000), name="score_alive_at_most_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recency}{self.frequency}{self.value}"
