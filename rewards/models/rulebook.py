from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign


class RuleBook(models.Model):
    """A number that is drawn anew with every change of a campaign's rules: by it a process knows whether those it
    remembers stand (rewards/quotes.py). Drawn, not counted: a number that was rolled back never comes again.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, primary_key=True, related_name="rule_book")
    stamp = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("book of rules")
        verbose_name_plural = _("books of rules")

    def __str__(self) -> str:
        return f"{self.campaign} {self.stamp}"
