from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from referrals.models import Referral
from rewards.models.budget import BudgetPeriod
from rewards.models.charity import Charity
from rewards.models.evaluation import Evaluation
from rewards.models.rule import RewardRule


class RewardQuerySet(models.QuerySet["Reward"]):
    def maturing(self, *, at: datetime) -> "RewardQuerySet":
        """Pending, and their waiting time is over."""
        return self.filter(status=Reward.Status.PENDING, eligible_at__lte=at)

    def waiting_for_budget(self) -> "RewardQuerySet":
        """Earned, but the budget had no room; the longest waiting first."""
        return self.filter(
            status=Reward.Status.PENDING,
            rule__budget__isnull=False,
            budget_period=None,
            waits_for_limit="",
            is_test=False,
        ).order_by("created_at", "pk")

    def waiting_for_limit(self, queue: str = "") -> "RewardQuerySet":
        """Earned, but a limit (`queue`, or any) had no room; the longest waiting first."""
        named = models.Q(waits_for_limit=queue) if queue else ~models.Q(waits_for_limit="")
        return self.filter(named, status=Reward.Status.PENDING).order_by("created_at", "evaluation_id", "pk")

    def before(self, reward: "Reward") -> "RewardQuerySet":
        """Earned earlier than that one; at the same moment, by an event that was evaluated earlier."""
        earlier = models.Q(created_at__lt=reward.created_at)
        then = models.Q(created_at=reward.created_at)
        first = models.Q(evaluation_id__lt=reward.evaluation_id)
        same = models.Q(evaluation_id=reward.evaluation_id, pk__lt=reward.pk)
        return self.filter(earlier | (then & (first | same)))

    def payable(self) -> "RewardQuerySet":
        """Approved money that goes out by a payout run."""
        return self.filter(status=Reward.Status.APPROVED, benefit=RewardRule.Benefit.CASH, is_test=False)


class RewardStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    PROCESSING = "processing", _("Being paid")
    FULFILLED = "fulfilled", _("Received")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Delivery failed")
    REVERSED = "reversed", _("Taken back")


class RewardPendingReason(models.TextChoices):
    ON_HOLD = "on_hold", _("waiting time")
    NEEDS_APPROVAL = "needs_approval", _("needs approval")
    UNDER_REVIEW = "under_review", _("being checked")
    AWAITING_EVENT = "awaiting_event", _("waits for a step of the friend")
    AWAITING_CHOICE = "awaiting_choice", _("waits for a choice")
    AWAITING_ADDRESS = "awaiting_address", _("waits for an address")
    OUT_OF_STOCK = "out_of_stock", _("out of stock")
    LIMIT_REACHED = "limit_reached", _("waits for room under a limit")
    BUDGET_EXHAUSTED = "budget_exhausted", _("budget used up")
    MISSING_PAYOUT_METHOD = "missing_payout_method", _("no bank account yet")
    BELOW_MINIMUM = "below_minimum", _("below the minimum payout")


class Reward(models.Model):
    """What one party is owed for one thing: once by campaign, rule, party and slot, whatever arrives twice."""

    Status = RewardStatus
    PendingReason = RewardPendingReason

    MOVES = TransitionTable(
        {
            Status.PENDING: [Status.APPROVED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED],
            Status.APPROVED: [Status.PROCESSING, Status.FULFILLED, Status.CANCELLED, Status.EXPIRED],
            Status.PROCESSING: [Status.FULFILLED, Status.APPROVED, Status.FAILED],
            Status.FAILED: [Status.PROCESSING, Status.APPROVED, Status.CANCELLED],
            # A returned payment is owed again; a sale that went away after payment is taken back.
            Status.FULFILLED: [Status.APPROVED, Status.REVERSED],
            # A sale that stands after all revives what it had earned.
            Status.CANCELLED: [Status.PENDING],
            Status.REVERSED: [Status.PENDING],
        }
    )

    public_id = PublicIdField(prefix="rew")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="rewards", verbose_name=_("campaign"))
    rule = models.ForeignKey(RewardRule, on_delete=models.PROTECT, related_name="rewards")
    rule_key = models.CharField(max_length=64)
    recipient_kind = models.CharField(_("recipient"), max_length=10, choices=RewardRule.Recipient)
    party_key = models.CharField(max_length=40)
    slot = models.CharField(max_length=80)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rewards",
        verbose_name=_("person"),
    )
    referral = models.ForeignKey(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rewards",
        verbose_name=_("referral"),
    )
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="rewards")
    benefit = models.CharField(_("what"), max_length=16, choices=RewardRule.Benefit)
    benefit_settings = models.JSONField(
        _("what exactly"), default=dict, db_default={}, blank=True, help_text=_("As the rule, or the choice, said it.")
    )
    options = models.JSONField(
        _("to choose from"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Frozen when it was earned: see rewards/rules/benefits."),
    )
    chosen = models.CharField(_("chosen"), max_length=64, blank=True, default="", db_default="")
    charity = models.ForeignKey(
        Charity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="rewards",
        verbose_name=_("good cause"),
    )
    amount = AmountField(_("amount"))
    unit = UnitField(verbose_name=_("currency or unit"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    pending_reasons = models.JSONField(_("waits because"), default=list, blank=True)
    budget_period = models.ForeignKey(BudgetPeriod, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    limit_uses = models.JSONField(
        default=list, blank=True, help_text=_("What it used of which limits, to be given back.")
    )
    waits_for_limit = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("The limit that had no room, without its window; it goes out, in turn, when there is."),
    )
    trace = models.JSONField(_("why"), default=list, blank=True)
    taken_back = AmountField(_("taken back"), default=0, help_text=_("After payment, in minor units."))
    recheck_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("A sale went away while this was being paid: look again once it is through."),
    )
    eligible_at = models.DateTimeField(_("waiting time until"))
    released_at = models.DateTimeField(
        _("released"), null=True, blank=True, help_text=_("The event that had to follow has come.")
    )
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned that it expires"), null=True, blank=True)
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    fulfilled_at = models.DateTimeField(_("received"), null=True, blank=True)
    is_test = models.BooleanField(_("test"), default=False)
    created_at = models.DateTimeField(_("earned"))

    objects = RewardQuerySet.as_manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "rule_key", "recipient_kind", "party_key", "slot"], name="reward_once"
            ),
            choices_check("status", RewardStatus, name="reward_status_known"),
            choices_check("benefit", RewardRule.Benefit, name="reward_benefit_known"),
            choices_check("recipient_kind", RewardRule.Recipient, name="reward_recipient_known"),
            models.CheckConstraint(condition=~models.Q(party_key="") & ~models.Q(slot=""), name="reward_key_not_empty"),
            models.CheckConstraint(
                condition=models.Q(status="pending") | models.Q(pending_reasons=[]),
                name="reward_reasons_only_while_pending",
            ),
            amount_check("amount", name="reward_amount_positive", low=1),
            models.CheckConstraint(
                condition=~models.Q(recipient_kind="charity") | models.Q(charity__isnull=False),
                name="reward_charity_named",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at")),
                name="reward_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back__gte=0, taken_back__lte=models.F("amount")),
                name="reward_taken_back_at_most_all",
            ),
        ]
        indexes = [
            models.Index(fields=["eligible_at"], name="reward_maturing", condition=models.Q(status="pending")),
            models.Index(
                fields=["expires_at"],
                name="reward_expiring",
                condition=models.Q(status__in=["pending", "approved"], expires_at__isnull=False),
            ),
            models.Index(fields=["charity"], name="reward_of_charity", condition=models.Q(charity__isnull=False)),
            models.Index(fields=["recheck_at"], name="reward_recheck", condition=models.Q(recheck_at__isnull=False)),
            models.Index(
                fields=["waits_for_limit", "created_at", "id"],
                name="reward_waits_for_limit",
                condition=~models.Q(waits_for_limit=""),
            ),
            models.Index(fields=["status", "-created_at"], name="reward_by_status"),
            models.Index(fields=["contact", "-created_at"], name="reward_of_contact"),
        ]

    def __str__(self) -> str:
        return self.public_id


class RewardEvent(models.Model):
    """One move of a reward: who, when, from, to, why."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="events")
    status_from = models.CharField(_("from"), max_length=10, blank=True, default="")
    status_to = models.CharField(_("to"), max_length=10)
    reason = models.CharField(_("why"), max_length=500, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a reward")
        verbose_name_plural = _("steps of rewards")
        indexes = [models.Index(fields=["reward", "occurred_at"], name="reward_event_of")]

    def __str__(self) -> str:
        return f"{self.status_from} → {self.status_to}"
