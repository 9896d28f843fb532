"""What a colleague gives or corrects by hand, with a reason; above the company's amount a second person agrees."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from referrals.models import Referral
from rewards.models.reward import Reward
from rewards.models.rule import RewardRule


class ByHandKind(models.TextChoices):
    GRANT = "grant", _("reward given by hand")
    CREDIT_MORE = "credit_more", _("account credit added")
    CREDIT_LESS = "credit_less", _("account credit taken away")
    WRITE_OFF = "write_off", _("debt written off")


class ByHandStatus(models.TextChoices):
    WAITING = "waiting", _("waits for a second person")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")


class ByHand(models.Model):
    """The four-eyes policy of the company is copied onto the row when it is asked for, and the database holds it."""

    Kind = ByHandKind
    Status = ByHandStatus

    MOVES = TransitionTable({Status.WAITING: [Status.DONE, Status.REFUSED]})

    public_id = PublicIdField(prefix="bhd")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="changes_by_hand", verbose_name=_("campaign")
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="changes_by_hand", verbose_name=_("person")
    )
    referral = models.ForeignKey(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="changes_by_hand",
        verbose_name=_("referral"),
    )
    benefit = models.CharField(_("benefit"), max_length=16, choices=RewardRule.Benefit, blank=True, default="")
    benefit_settings = models.JSONField(default=dict, blank=True)
    amount = AmountField(_("amount"))
    unit = UnitField(verbose_name=_("currency or unit"))
    reason = models.CharField(_("why"), max_length=500)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("asked for by"),
        help_text=_("Empty: the schedule, by the company's policy."),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    four_eyes = models.CharField(max_length=10)
    four_eyes_amount = AmountField(default=0)
    four_eyes_unit = UnitField()
    reward = models.OneToOneField(
        Reward,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="changes_by_hand",
        verbose_name=_("reward"),
    )
    asked_at = models.DateTimeField(_("asked for"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("change by hand")
        verbose_name_plural = _("changes by hand")
        permissions = [
            ("ask_by_hand", _("Can give and correct by hand")),
            ("decide_by_hand", _("Can agree to what others give by hand")),
        ]
        constraints = [
            choices_check("kind", ByHandKind, name="by_hand_kind_known"),
            choices_check("status", ByHandStatus, name="by_hand_status_known"),
            models.CheckConstraint(
                condition=models.Q(benefit__in=["", *RewardRule.Benefit.values]), name="by_hand_benefit_known"
            ),
            amount_check("amount", name="by_hand_amount_positive", low=1),
            models.CheckConstraint(condition=~models.Q(reason=""), name="by_hand_says_why"),
            models.CheckConstraint(
                condition=models.Q(four_eyes__in=["always", "above", "never"]), name="by_hand_four_eyes_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | models.Q(status="refused")
                | models.Q(asked_by=None)
                | ~models.Q(decided_by=models.F("asked_by"))
                | models.Q(four_eyes="never")
                | models.Q(
                    four_eyes="above", unit=models.F("four_eyes_unit"), amount__lte=models.F("four_eyes_amount")
                ),
                name="by_hand_four_eyes",
            ),
            models.CheckConstraint(
                condition=models.Q(status="waiting") | models.Q(decided_at__isnull=False), name="by_hand_decided_when"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class MoneyPolicy(models.Model):
    """How the company deals with money between people and its books. One row; without it the defaults hold."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    minimums = models.JSONField(
        _("least payout"),
        default=dict,
        blank=True,
        help_text=_("Minor units by currency; a currency without one pays any."),
    )
    resting_days = models.PositiveIntegerField(
        _("days that a changed bank account rests"),
        default=3,
        help_text=_("So that its owner can object to the change."),
    )
    warn_days = models.PositiveIntegerField(_("days of warning before something expires"), default=14)
    debt_floor = models.JSONField(
        _("debts at most"),
        default=dict,
        blank=True,
        help_text=_("Minor units by currency. What is taken back beyond that is written off at once. Empty: no floor."),
    )
    write_off_months = models.PositiveIntegerField(
        _("debts are written off after months"), null=True, blank=True, help_text=_("Empty: never by themselves.")
    )
    accounts = models.JSONField(
        _("accounts of our own books"),
        default=dict,
        blank=True,
        help_text=_("Our number for each account here, for the journal."),
    )

    class Meta:
        verbose_name = _("money policy")
        verbose_name_plural = _("money policy")
        constraints = [models.CheckConstraint(condition=models.Q(singleton=True), name="money_policy_only_one")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
