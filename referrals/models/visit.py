from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Enrolment
from config.lib.ids import new_ordered_uuid


class Visit(models.Model):
    """Somebody followed a link. All visits are kept, whoever wins. Nothing points here: rows can be spooled."""

    id = models.UUIDField(primary_key=True, default=new_ordered_uuid, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="visits")
    visitor = models.CharField(_("visitor"), max_length=32, help_text=_("A random number from the first-party cookie."))
    channel = models.CharField(_("channel"), max_length=32, blank=True, default="")
    address_hash = models.CharField(max_length=64, blank=True, default="")
    agent_hash = models.CharField(max_length=64, blank=True, default="")
    is_document = models.BooleanField(_("opened as a page"), default=True)
    occurred_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["enrolment", "-occurred_at"], name="visit_of_enrolment"),
            models.Index(fields=["visitor", "-occurred_at"], name="visit_of_visitor"),
        ]

    def __str__(self) -> str:
        return str(self.id)
