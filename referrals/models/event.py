"""A fact about a person. Audit, timeline and queue in one: the engine finds rows that have no evaluation yet."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Campaign
from config.lib.fields import AmountField, UnitField, amount_check
from config.lib.ids import PublicIdField
from referrals.models.referral import Referral, ReferralStatus


class ReferralEventQuerySet(models.QuerySet["ReferralEvent"]):
    def standing(self) -> "ReferralEventQuerySet":
        """Not wholly taken back: neither by one step nor by refunds that add up to all of it.

        What proves a deal stands for it: a refund of the proof is one of the deal.
        """
        # Two questions, each by its index: joined by OR they would read the whole table for each event.
        back = ReferralEvent.objects.filter(takes_back=models.OuterRef("pk"))
        back_of_proof = ReferralEvent.objects.filter(takes_back__evidence_for=models.OuterRef("pk"))
        is_all = models.Q(amount=None) | models.Q(type=ReferralEvent.WON_TAKEN_BACK)
        is_all_of_proof = is_all | models.Q(amount__gte=models.F("takes_back__amount"))
        counted = self.annotate(returned=_amounts(back) + _amounts(back_of_proof))
        left = models.Q(returned=0) | models.Q(amount=0) | models.Q(returned__lt=models.F("amount"))
        whole = models.Exists(back.filter(is_all)) | models.Exists(back_of_proof.filter(is_all_of_proof))
        return counted.filter(left, ~whole)


def _amounts(events: models.QuerySet["ReferralEvent"]) -> Coalesce:
    sums = events.order_by().values(one=models.Value(1)).annotate(sum=models.Sum("amount")).values("sum")
    return Coalesce(models.Subquery(sums), models.Value(0), output_field=models.BigIntegerField())


class ReferralEvent(models.Model):
    """Unique by (source, event_id). `sequence` is its number among the standing events of its type in the referral."""

    CLAIMED = "claimed"
    CLAIM_REFUSED = "claim_refused"
    REFUND = "refund"
    WON_TAKEN_BACK = "won_taken_back"
    LOST_TAKEN_BACK = "lost_taken_back"
    REVIEWED = "reviewed"
    OWNER_CHANGED = "owner_changed"
    # Somebody else gets the credit: what its events earn is reckoned anew.
    REASSIGNED = "reassigned"
    # Facts that were here before the referral have joined it, and are looked at once more.
    JOINED = "joined"
    # What only this house writes; another system may not send an event of these types.
    OWN_TYPES = frozenset(
        {CLAIMED, CLAIM_REFUSED, REFUND, WON_TAKEN_BACK, LOST_TAKEN_BACK, REVIEWED, OWNER_CHANGED, REASSIGNED, JOINED}
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
    confirmed_count = models.PositiveIntegerField(
        _("confirmed friends"),
        default=0,
        db_default=0,
        help_text=_("Of the advocate in this campaign, with this event, in the order of recording."),
    )
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
