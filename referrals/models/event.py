"""A fact about a person. Audit, timeline and queue in one: the engine finds rows that have no evaluation yet."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from referrals.models.referral import Referral, ReferralStatus


class ReferralEventQuerySet(models.QuerySet["ReferralEvent"]):
    def standing(self) -> "ReferralEventQuerySet":
        """Not wholly taken back: neither by an event without an amount nor by refunds that add up to all of it."""
        taken = self.annotate(
            returned=models.Sum("taken_back_by__amount"),
            whole=models.Count("taken_back_by", filter=models.Q(taken_back_by__amount=None)),
        )
        in_part = models.Q(returned=None) | models.Q(amount=0) | models.Q(returned__lt=models.F("amount"))
        return taken.filter(in_part, whole=0)


class ReferralEvent(models.Model):
    """Unique by (source, event_id). `sequence` is its number among the standing events of its type in the referral."""

    CLAIMED = "claimed"
    CLAIM_REFUSED = "claim_refused"
    REFUND = "refund"
    WON_TAKEN_BACK = "won_taken_back"
    LOST_TAKEN_BACK = "lost_taken_back"
    REVIEWED = "reviewed"
    OWNER_CHANGED = "owner_changed"
    # What only this house writes; another system may not send an event of these types.
    OWN_TYPES = frozenset(
        {CLAIMED, CLAIM_REFUSED, REFUND, WON_TAKEN_BACK, LOST_TAKEN_BACK, REVIEWED, OWNER_CHANGED}
        | set(ReferralStatus.values)
    )

    # Sources of facts that come about inside this house.
    CONSOLE = "console"
    LANDING = "landing"
    CLOCK = "clock"

    public_id = PublicIdField(prefix="evt")
    source = models.CharField(_("source"), max_length=64)
    event_id = models.CharField(_("id at the source"), max_length=128)
    type = models.CharField(_("type"), max_length=64)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="facts", verbose_name=_("person"))
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    sequence = models.PositiveIntegerField(_("number of its type"), default=0)
    amount = AmountField(_("amount"), null=True, blank=True)
    unit = UnitField(verbose_name=_("currency"), blank=True, default="")
    items = models.JSONField(_("items"), default=list, blank=True)
    region = models.CharField(_("region"), max_length=64, blank=True, default="")
    coupon_code = models.CharField(_("coupon"), max_length=64, blank=True, default="")
    metadata = models.JSONField(_("further facts"), default=dict, blank=True)
    body_hash = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text=_("Of what may not differ when the event is sent again."),
    )
    takes_back = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
        verbose_name=_("takes back"),
    )
    evidence_for = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("is evidence for"),
    )
    status_from = models.CharField(_("from"), max_length=10, blank=True, default="")
    status_to = models.CharField(_("to"), max_length=10, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    is_test = models.BooleanField(_("test"), default=False)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects = ReferralEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["source", "event_id"], name="referral_event_once"),
            amount_check("amount", name="referral_event_amount_in_bounds", low=0),
            models.CheckConstraint(
                condition=models.Q(amount=None) | ~models.Q(unit=""), name="referral_event_amount_has_unit"
            ),
        ]
        indexes = [
            models.Index(fields=["referral", "recorded_at"], name="referral_event_of"),
            models.Index(fields=["contact", "-recorded_at"], name="referral_event_of_contact"),
            models.Index(fields=["recorded_at"], name="referral_event_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.public_id}"
