from django.db import models
from django.utils.translation import gettext_lazy as _


class Evaluation(models.Model):
    """That the engine has looked at a fact, what it found, and why. Unique: one fact is evaluated once."""

    source = models.CharField(_("kind of fact"), max_length=40)
    source_id = models.BigIntegerField(_("fact"))
    trace = models.JSONField(_("how it was decided"), default=list, blank=True)
    evaluated_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="evaluation_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"
