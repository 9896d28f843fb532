from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign, CampaignCopy, Enrolment
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check


class ReferralQuerySet(models.QuerySet["Referral"]):
    def open(self) -> "ReferralQuerySet":
        return self.filter(status__in=Referral.OPEN)

    def unanswered(self) -> "ReferralQuerySet":
        return self.filter(status=Referral.Status.SUBMITTED, first_answered_at=None)

    def late(self, *, at: datetime) -> "ReferralQuerySet":
        """Promised an answer before that moment, and still waiting for it."""
        return self.unanswered().filter(first_answer_due_at__lt=at)


class ReferralStatus(models.TextChoices):
    SUBMITTED = "submitted", _("New")
    CONTACTED = "contacted", _("Contacted")
    QUALIFIED = "qualified", _("Qualified")
    CONVERTED = "converted", _("Won")
    LOST = "lost", _("Lost")
    REJECTED = "rejected", _("Rejected")
    EXPIRED = "expired", _("Expired")


class ReferralMethod(models.TextChoices):
    STAFF = "staff", _("entered by staff")
    CODE = "code", _("referral code")
    COUPON = "coupon", _("coupon at the checkout")
    COOKIE = "cookie", _("link followed on this device")
    EMAIL = "email", _("invited by mail")
    PHONE = "phone", _("phone number")
    NAME = "name", _("named by the advocate")
    CLAIM = "claim", _("claimed by the advocate")


class ReferralReview(models.TextChoices):
    CLEAR = "clear", _("nothing noticed")
    HELD = "held", _("to be looked at")
    PASSED = "passed", _("looked at: fine")
    REFUSED = "refused", _("looked at: not honest")


class Referral(models.Model):
    """One friend, recommended by one advocate in one campaign, and what became of it."""

    Status = ReferralStatus
    Method = ReferralMethod
    Review = ReferralReview

    OPEN = (Status.SUBMITTED, Status.CONTACTED, Status.QUALIFIED)
    MOVES = TransitionTable(
        {
            Status.SUBMITTED: [
                Status.CONTACTED,
                Status.QUALIFIED,
                Status.CONVERTED,
                Status.LOST,
                Status.REJECTED,
                Status.EXPIRED,
            ],
            Status.CONTACTED: [
                Status.QUALIFIED,
                Status.CONVERTED,
                Status.LOST,
                Status.REJECTED,
                Status.EXPIRED,
            ],
            Status.QUALIFIED: [Status.CONVERTED, Status.LOST, Status.REJECTED, Status.EXPIRED],
            # Taken back by a person, to the step that stood before.
            Status.CONVERTED: [Status.SUBMITTED, Status.CONTACTED, Status.QUALIFIED],
            Status.LOST: [Status.SUBMITTED, Status.CONTACTED, Status.QUALIFIED, Status.CONVERTED],
            Status.EXPIRED: [Status.CONVERTED],
        }
    )

    # What a person may decide about a check. "Not honest" is the last word.
    REVIEWS = TransitionTable(
        {
            Review.CLEAR: [Review.PASSED, Review.REFUSED],
            Review.HELD: [Review.PASSED, Review.REFUSED],
            Review.PASSED: [Review.REFUSED],
        }
    )

    public_id = PublicIdField(prefix="ref")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("campaign")
    )
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="referrals")
    advocate = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="referrals_given", verbose_name=_("advocate")
    )
    friend = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="referrals_received", verbose_name=_("friend")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SUBMITTED)
    review = models.CharField(_("check"), max_length=10, choices=Review, default=Review.CLEAR)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("owner"),
    )
    method = models.CharField(_("how it was attributed"), max_length=10, choices=Method)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    channel = models.CharField(_("channel"), max_length=32, blank=True, default="")
    source = models.CharField(_("source"), max_length=64, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    terms_seen = models.ForeignKey(CampaignCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deal_amount = AmountField(_("deal value"), null=True, blank=True)
    deal_unit = UnitField(verbose_name=_("currency"), blank=True, default="")
    lost_reason = models.CharField(_("why lost"), max_length=500, blank=True, default="")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    submitted_at = models.DateTimeField(_("came in"))
    first_answer_due_at = models.DateTimeField(_("answer by"))
    first_answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    counts_from = models.DateTimeField(
        _("counts from"), null=True, blank=True, help_text=_("What the friend did earlier is none of its events.")
    )
    credit_until = models.DateTimeField(_("counts until"))
    converted_at = models.DateTimeField(_("won at"), null=True, blank=True)
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, db_default=False, help_text=_("Won, and the sale that won it stands.")
    )
    is_test = models.BooleanField(_("test"), default=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "friend"], name="referral_once"),
            choices_check("status", ReferralStatus, name="referral_status_known"),
            choices_check("method", ReferralMethod, name="referral_method_known"),
            choices_check("review", ReferralReview, name="referral_review_known"),
            models.CheckConstraint(condition=~models.Q(advocate=models.F("friend")), name="referral_not_of_oneself"),
            models.CheckConstraint(
                condition=models.Q(status="converted") | models.Q(converted_at=None),
                name="referral_converted_at_only_when_won",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="lost") | ~models.Q(lost_reason=""), name="referral_lost_says_why"
            ),
            amount_check("deal_amount", name="referral_deal_in_bounds", low=0),
        ]
        indexes = [
            models.Index(fields=["status", "-submitted_at"], name="referral_by_status"),
            models.Index(fields=["owner", "status", "-submitted_at"], name="referral_of_owner"),
            models.Index(fields=["advocate", "-submitted_at"], name="referral_of_advocate"),
            models.Index(
                fields=["campaign", "advocate"], name="referral_confirmed", condition=models.Q(is_confirmed=True)
            ),
            models.Index(fields=["friend", "-submitted_at"], name="referral_of_friend"),
            models.Index(
                fields=["first_answer_due_at"],
                name="referral_unanswered",
                condition=models.Q(status="submitted", first_answered_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.friend)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def is_late(self, *, at: datetime) -> bool:
        return self.status == self.Status.SUBMITTED and not self.first_answered_at and self.first_answer_due_at < at

    def may_convert(self, *, at: datetime) -> bool:
        """A sale counts from any open step, and from lost or expired too, as long as the credit window lasts.

        Where the sale that had won it went back, the next one wins it again. "Not honest" is the last word.
        """
        if at > self.credit_until or self.review == self.Review.REFUSED:
            return False
        return self.MOVES.allows(self.status, self.Status.CONVERTED) or self.is_won_in_vain

    @property
    def is_won_in_vain(self) -> bool:
        return self.status == self.Status.CONVERTED and not self.is_confirmed
