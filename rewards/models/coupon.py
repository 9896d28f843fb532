from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import CODE_LENGTH, PublicIdField, new_code
from config.lib.states import TransitionTable, choices_check
from referrals.models import ReferralEvent
from rewards.models.reward import Reward


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
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, default=new_code)
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

    def __str__(self) -> str:
        return self.code
