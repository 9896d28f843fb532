from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models import Enrolment
from config.lib.ids import PublicIdField
from config.lib.states import TransitionTable, choices_check
from referrals.models.referral import Referral


class ClaimStatus(models.TextChoices):
    OPEN = "open", _("Open")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


class Claim(models.Model):
    """An advocate says “I referred this person”. Evidence is gathered; a colleague decides by `decide_by`.

    `evidence`: codes and values, without a name or an address. `answer`: the code of the sentence that was the answer.
    """

    Status = ClaimStatus

    MOVES = TransitionTable({Status.OPEN: [Status.GRANTED, Status.DECLINED]})

    public_id = PublicIdField(prefix="clm")
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="claims", verbose_name=_("advocate")
    )
    friend = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="claims_about", verbose_name=_("friend"))
    claim_key = models.CharField(max_length=96, unique=True, help_text=_("Enrolment and friend: said once."))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    evidence = models.JSONField(_("what speaks for it"), default=list)
    answer = models.CharField(_("answer"), max_length=40, blank=True, default="")
    reason = models.CharField(_("why"), max_length=500, blank=True, default="")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("referral")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    claimed_at = models.DateTimeField(_("claimed"))
    decide_by = models.DateTimeField(_("to be decided by"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            choices_check("status", ClaimStatus, name="claim_status_known"),
            models.CheckConstraint(
                condition=models.Q(status="open") | models.Q(decided_at__isnull=False), name="claim_decided_when"
            ),
        ]
        indexes = [models.Index(fields=["decide_by"], name="claim_open", condition=models.Q(status="open"))]

    def __str__(self) -> str:
        return self.public_id
