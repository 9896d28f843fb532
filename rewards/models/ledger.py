"""The books. One row is one transfer between two accounts of one unit: zero-sum by construction.

Append-only and same-unit guards are triggers and composite keys in the database (rewards/ledger/guards.py).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.states import choices_check
from rewards.models.composite_key import CompositeForeignKey


class AccountKind(models.TextChoices):
    FUNDING = "funding", _("funding")
    RESERVED = "reserved", _("promised")
    OWED = "owed", _("owed")
    CREDIT = "credit", _("account credit")
    IN_TRANSIT = "in_transit", _("in transit")
    PAID = "paid", _("paid out")
    DONATED = "donated", _("donated")
    WRITTEN_OFF = "written_off", _("written off")
    EXPIRED = "expired", _("expired")
    RECEIVABLE = "receivable", _("to be netted")


class Account(models.Model):
    """`balance` is what was credited less what was debited. Only funding and receivable may be negative."""

    Kind = AccountKind

    MAY_BE_NEGATIVE = (Kind.FUNDING, Kind.RECEIVABLE)

    kind = models.CharField(_("account"), max_length=12, choices=Kind)
    party_key = models.CharField(_("whose"), max_length=40, help_text=_("Public id of the campaign or the contact."))
    unit = UnitField(verbose_name=_("currency or unit"))
    balance = models.BigIntegerField(_("balance"), default=0)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "party_key", "unit"], name="account_once"),
            # The target of the composite foreign keys of a transfer.
            models.UniqueConstraint(fields=["id", "unit"], name="account_id_unit"),
            choices_check("kind", AccountKind, name="account_kind_known"),
            models.CheckConstraint(
                condition=models.Q(balance__gte=0) | models.Q(kind__in=["funding", "receivable"]),
                name="account_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.party_key} {self.unit}"


class Transfer(models.Model):
    """`amount` of `unit` goes from `debit` to `credit`, once by its `key`, for a reward or payout."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits", verbose_name=_("from"))
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits", verbose_name=_("to"))
    unit = UnitField(verbose_name=_("currency or unit"))
    amount = AmountField(_("amount"))
    reference = models.CharField(_("for"), max_length=40)
    memo = models.CharField(_("why"), max_length=120)
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            amount_check("amount", name="transfer_amount_positive", low=1),
            CompositeForeignKey(name="transfer_debit_same_unit", field="debit", together_with="unit"),
            CompositeForeignKey(name="transfer_credit_same_unit", field="credit", together_with="unit"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="transfer_between_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["reference"], name="transfer_for"),
            models.Index(fields=["occurred_at"], name="transfer_when"),
        ]

    def __str__(self) -> str:
        return self.key
