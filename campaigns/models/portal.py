from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from config.lib.ids import PublicIdField


class PortalLink(models.Model):
    """A sign-in link: only its hash is kept, it works once, for ten minutes, and only by POST."""

    public_id = PublicIdField(prefix="pli")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="portal_links")
    token_hash = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    class Meta:
        verbose_name = _("portal sign-in link")
        verbose_name_plural = _("portal sign-in links")
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="portal_link_ends")
        ]

    def __str__(self) -> str:
        return self.public_id
