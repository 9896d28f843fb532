"""Money leaves in runs: prepared by one person, approved by another, exported, settled line by line."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from rewards.models.reward import Reward


class PayoutMethodKind(models.TextChoices):
    BANK = "bank", _("bank account")


class PayoutMethodQuerySet(models.QuerySet["PayoutMethod"]):
    def standing(self) -> "PayoutMethodQuerySet":
        return self.filter(replaced_at=None)


class PayoutMethod(models.Model):
    """Where a person wants their money: sealed at rest, shown masked. A new one replaces the old.

    `live_key` is kind and contact while the method stands, its own public id once it is replaced.
    """

    Kind = PayoutMethodKind

    public_id = PublicIdField(prefix="pme")
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="payout_methods", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.BANK)
    sealed = models.TextField(help_text=_("Holder and account number, encrypted."))
    masked = models.CharField(_("account"), max_length=40)
    fingerprint = models.CharField(max_length=64, help_text=_("Keyed hash: finds one account used by several people."))
    live_key = models.CharField(max_length=64, unique=True)
    usable_from = models.DateTimeField(
        _("paid to from"),
        null=True,
        blank=True,
        help_text=_("A changed account rests for some days, so that its owner can object. Empty: at once."),
    )
    created_at = models.DateTimeField(_("since"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)

    objects = PayoutMethodQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout method")
        verbose_name_plural = _("payout methods")
        constraints = [choices_check("kind", PayoutMethodKind, name="payout_method_kind_known")]
        indexes = [models.Index(fields=["fingerprint"], name="payout_method_same")]

    def __str__(self) -> str:
        return self.masked


class PayoutRunStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    EXPORTED = "exported", _("Exported")
    CLOSED = "closed", _("Closed")


class PayoutRun(models.Model):
    """The four-eyes policy is copied onto the run when it is prepared, and the database holds it."""

    Status = PayoutRunStatus

    MOVES = TransitionTable(
        {
            Status.DRAFT: [Status.APPROVED, Status.CLOSED],
            Status.APPROVED: [Status.EXPORTED, Status.CLOSED],
            Status.EXPORTED: [Status.CLOSED],
        }
    )

    public_id = PublicIdField(prefix="run")
    unit = UnitField(verbose_name=_("currency"))
    kind = models.CharField(_("method"), max_length=10, choices=PayoutMethod.Kind, default=PayoutMethod.Kind.BANK)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    total = AmountField(_("total"), default=0)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
        help_text=_("Empty: prepared by the schedule, so that whoever approves is the second."),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    four_eyes = models.CharField(max_length=10)
    four_eyes_amount = AmountField(default=0)
    four_eyes_unit = UnitField()
    prepared_at = models.DateTimeField(_("prepared"))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    exported_at = models.DateTimeField(_("exported"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout run")
        verbose_name_plural = _("payout runs")
        permissions = [
            ("prepare_payouts", _("Can prepare payout runs and note what came of them")),
            ("approve_payouts", _("Can approve payout runs and take out the file for the bank")),
        ]
        constraints = [
            choices_check("status", PayoutRunStatus, name="payout_run_status_known"),
            choices_check("kind", PayoutMethodKind, name="payout_run_kind_known"),
            models.CheckConstraint(
                condition=models.Q(four_eyes__in=["always", "above", "never"]),
                name="payout_run_four_eyes_known",
            ),
            amount_check("total", name="payout_run_total_not_negative", low=0),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | ~models.Q(approved_by=models.F("prepared_by"))
                | models.Q(four_eyes="never")
                | models.Q(
                    four_eyes="above",
                    unit=models.F("four_eyes_unit"),
                    total__lte=models.F("four_eyes_amount"),
                ),
                name="payout_run_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "closed"])
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
                name="payout_run_leaves_only_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CLOSED and self.exported_at is None


class PayoutStatus(models.TextChoices):
    READY = "ready", _("Ready")
    SENDING = "sending", _("Being sent")
    SUBMITTED = "submitted", _("At the bank")
    SETTLED = "settled", _("Settled")
    UNKNOWN = "unknown", _("Outcome unknown")
    NEEDS_REVIEW = "needs_review", _("To be looked at")
    FAILED = "failed", _("Failed")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class Payout(models.Model):
    """What one person gets in a run, in one payment: `amount` is what the lines come to less `netted`."""

    Status = PayoutStatus

    MOVES = TransitionTable(
        {
            Status.READY: [Status.SENDING, Status.SUBMITTED, Status.CANCELLED],
            Status.SENDING: [Status.SUBMITTED, Status.UNKNOWN, Status.FAILED],
            Status.UNKNOWN: [Status.SUBMITTED, Status.SETTLED, Status.NEEDS_REVIEW, Status.FAILED],
            Status.NEEDS_REVIEW: [Status.SUBMITTED, Status.SETTLED, Status.FAILED],
            Status.SUBMITTED: [Status.SETTLED, Status.RETURNED, Status.FAILED],
            Status.SETTLED: [Status.RETURNED],
        }
    )

    public_id = PublicIdField(prefix="pay")
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("run"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("person"))
    method = models.ForeignKey(PayoutMethod, on_delete=models.PROTECT, related_name="payouts", verbose_name=_("to"))
    unit = UnitField(verbose_name=_("currency"))
    amount = AmountField(_("amount"))
    netted = AmountField(
        _("netted"),
        default=0,
        help_text=_("Kept back for a reward that was taken back after it had been paid."),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.READY)
    reason = models.CharField(_("reason"), max_length=254, blank=True, default="")
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(fields=["run", "contact"], name="payout_once_a_run"),
            models.UniqueConstraint(
                fields=["contact", "unit"],
                condition=models.Q(status__in=["ready", "sending", "submitted", "unknown", "needs_review"]),
                name="payout_one_open",
            ),
            choices_check("status", PayoutStatus, name="payout_status_known"),
            amount_check("amount", name="payout_amount_positive", low=1),
            amount_check("netted", name="payout_netted_not_negative", low=0),
        ]

    def __str__(self) -> str:
        return self.public_id


class PayoutLineQuerySet(models.QuerySet["PayoutLine"]):
    def standing(self) -> "PayoutLineQuerySet":
        return self.filter(released_at=None)


class PayoutLine(models.Model):
    """A reward inside a payout, with all that it is worth. Released, its reward may stand in another one.

    `live_key` is `reward:<id>` while the line stands and `line:<id>` once it is released. The database holds
    that, so that no reward ever stands in two payments.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="payout_lines")
    live_key = models.CharField(max_length=64, unique=True)
    amount = AmountField(_("amount"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    objects = PayoutLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a payout")
        verbose_name_plural = _("lines of payouts")
        constraints = [
            amount_check("amount", name="payout_line_amount_positive", low=1),
            models.CheckConstraint(
                condition=models.Q(released_at__isnull=False)
                | models.Q(live_key=Concat(models.Value("reward:"), Cast("reward_id", models.CharField()))),
                name="payout_line_standing_key",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None) | models.Q(live_key__startswith="line:"),
                name="payout_line_released_key",
            ),
        ]

    def __str__(self) -> str:
        return str(self.reward)
