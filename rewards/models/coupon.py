from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField, new_code
from config.lib.states import TransitionTable, choices_check
from referrals.models import ReferralEvent
from rewards.models.reward import Reward

CODE_AT_MOST = 40


class CouponPoolKind(models.TextChoices):
    GENERATED = "generated", _("made here")
    UPLOADED = "uploaded", _("uploaded from the shop")


class CouponPool(models.Model):
    """Where the codes of a rule come from, and what they are good for. A rule without one makes plain codes."""

    Kind = CouponPoolKind

    public_id = PublicIdField(prefix="cpl")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="coupon_pools", verbose_name=_("campaign")
    )
    key = models.SlugField(_("short name"), max_length=64)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("codes are"), max_length=10, choices=Kind, default=Kind.GENERATED)
    prefix = models.CharField(
        _("codes begin with"), max_length=12, blank=True, default="", help_text=_("Of codes that are made here.")
    )
    minimum = AmountField(
        _("least worth of the order"), null=True, blank=True, help_text=_("In minor units. Empty: none.")
    )
    minimum_unit = UnitField(verbose_name=_("currency of that"), blank=True, default="")
    products = models.JSONField(
        _("only for these products"), default=list, blank=True, help_text=_("Empty: for everything.")
    )
    is_first_order_only = models.BooleanField(_("for a first order only"), default=False)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("coupon pool")
        verbose_name_plural = _("coupon pools")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="coupon_pool_key_once"),
            choices_check("kind", CouponPoolKind, name="coupon_pool_kind_known"),
            models.CheckConstraint(
                condition=models.Q(minimum=None) | (models.Q(minimum__gte=1) & ~models.Q(minimum_unit="")),
                name="coupon_pool_minimum_has_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CouponStatus(models.TextChoices):
    ISSUED = "issued", _("issued")
    USED = "used", _("used")
    VOID = "void", _("not valid")
    EXPIRED = "expired", _("expired")


class Coupon(models.Model):
    """A code for the checkout. Who may not have one is given a void one: the page answers everybody alike."""

    Status = CouponStatus

    MOVES = TransitionTable(
        {
            Status.ISSUED: [Status.USED, Status.VOID, Status.EXPIRED],
            Status.USED: [Status.ISSUED],
            Status.VOID: [Status.ISSUED],
        }
    )

    public_id = PublicIdField(prefix="cou")
    code = models.CharField(_("code"), max_length=CODE_AT_MOST, unique=True, default=new_code)
    pool = models.ForeignKey(
        CouponPool,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="coupons",
        verbose_name=_("pool"),
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="coupons", verbose_name=_("campaign"))
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="coupons", verbose_name=_("person"))
    event = models.ForeignKey(
        ReferralEvent, on_delete=models.PROTECT, related_name="coupons", verbose_name=_("because of")
    )
    issue_key = models.CharField(
        max_length=48, unique=True, help_text=_("Public id of the reward, or of the refused claim.")
    )
    reward = models.OneToOneField(
        Reward,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="coupon",
        verbose_name=_("reward"),
    )
    amount = AmountField(_("worth"))
    unit = UnitField(verbose_name=_("currency or percent"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ISSUED)
    void_reason = models.CharField(_("not valid because"), max_length=40, blank=True, default="")
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    redeem_key = models.CharField(
        _("used by the order"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Source and event id of the call that used it."),
    )
    used_by = models.ForeignKey(
        ReferralEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("used by the event"),
    )
    created_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        constraints = [
            choices_check("status", CouponStatus, name="coupon_status_known"),
            amount_check("amount", name="coupon_amount_positive", low=1),
            models.CheckConstraint(
                condition=~models.Q(status="void") | ~models.Q(void_reason=""), name="coupon_void_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="issued") | models.Q(reward__isnull=False),
                name="coupon_issued_for_a_reward",
            ),
            models.CheckConstraint(
                condition=models.Q(status="used") | models.Q(used_at=None),
                name="coupon_used_at_only_when_used",
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "status"], name="coupon_of_pool", condition=models.Q(pool__isnull=False))
        ]

    def __str__(self) -> str:
        return self.code


class PoolCode(models.Model):
    """A code that the shop made and somebody uploaded; `coupon` once it was given to somebody."""

    pool = models.ForeignKey(CouponPool, on_delete=models.CASCADE, related_name="codes", verbose_name=_("pool"))
    code = models.CharField(_("code"), max_length=CODE_AT_MOST, unique=True)
    coupon = models.OneToOneField(
        Coupon, on_delete=models.PROTECT, null=True, blank=True, related_name="pool_code", verbose_name=_("given as")
    )
    added_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("uploaded code")
        verbose_name_plural = _("uploaded codes")
        indexes = [models.Index(fields=["pool", "id"], name="pool_code_free", condition=models.Q(coupon__isnull=True))]

    def __str__(self) -> str:
        return self.code
