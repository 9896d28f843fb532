from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.states import TransitionTable, choices_check


class CircleChoiceStatus(models.TextChoices):
    MEMBER = "member", _("in the inner circle")
    DISMISSED = "dismissed", _("not suggested again")
    REMOVED = "removed", _("taken out")


class CircleChoice(models.Model):
    """What a person decided about somebody the machine suggested (or they thought of themselves)."""

    Status = CircleChoiceStatus

    MOVES = TransitionTable(
        {
            Status.MEMBER: [Status.REMOVED],
            Status.DISMISSED: [Status.MEMBER],
            Status.REMOVED: [Status.MEMBER],
        }
    )

    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="circle")
    status = models.CharField(_("decision"), max_length=10, choices=Status)
    reasons = models.JSONField(_("reasons at the time"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    chosen_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("inner circle")
        verbose_name_plural = _("inner circle")
        constraints = [choices_check("status", CircleChoiceStatus, name="circle_status_known")]

    def __str__(self) -> str:
        return str(self.contact)
