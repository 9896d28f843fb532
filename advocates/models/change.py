from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from advocates.models.imports import ImportRun


class ImportChange(models.Model):
    """What an import changed on somebody who was known already: the columns as they stood, and the keys it added.

    It names a person, so erasure deletes it; housekeeping does when the time to take an import back is over.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="import_changes")
    before = models.JSONField(_("before"), default=dict)
    keys_added = models.JSONField(_("keys added"), default=list)

    class Meta:
        verbose_name = _("change by an import")
        verbose_name_plural = _("changes by imports")
        constraints = [models.UniqueConstraint(fields=["run", "contact"], name="import_change_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.contact_id}"
