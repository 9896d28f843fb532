from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models.contact import Contact
from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class ConsentChannel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    PHONE = "phone", _("phone")
    PUBLISH = "publish", _("publishing their words")


class ConsentBasis(models.TextChoices):
    OPT_IN = "opt_in", _("agreed in a form")
    CUSTOMER = "customer", _("is a customer")
    GIVEN_TO_ADVOCATE = "given_to_advocate", _("told the advocate that we may")
    BY_PHONE = "by_phone", _("said so on the phone")
    BY_API = "by_api", _("recorded by another system")


class Consent(models.Model):
    """Why we may write to or phone somebody: each basis with the text that was agreed to, when and where."""

    Channel = ConsentChannel
    Basis = ConsentBasis

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    basis = models.CharField(_("basis"), max_length=20, choices=Basis)
    text_version = models.CharField(_("text agreed to"), max_length=64, blank=True, default="")
    source = models.CharField(_("source"), max_length=64)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            choices_check("channel", ConsentChannel, name="consent_channel_known"),
            choices_check("basis", ConsentBasis, name="consent_basis_known"),
        ]
        indexes = [models.Index(fields=["contact", "channel"], name="consent_of_contact")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_basis_display()}"


class SuppressionScope(models.TextChoices):
    ASKS = "asks", _("asks and news")
    ALL = "all", _("everything")


class SuppressionReason(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    BOUNCED = "bounced", _("address does not exist")
    COMPLAINED = "complained", _("complained")
    STAFF = "staff", _("set by staff")
    ERASED = "erased", _("asked to be forgotten")


class Suppression(models.Model):
    """An address that we do not write to. Only a keyed hash, so that it outlives erasure and survives a new import."""

    Scope = SuppressionScope
    Reason = SuppressionReason

    key_hash = models.CharField(max_length=64)
    scope = models.CharField(_("what is held back"), max_length=10, choices=Scope)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(fields=["key_hash", "scope"], name="suppression_once"),
            choices_check("scope", SuppressionScope, name="suppression_scope_known"),
            choices_check("reason", SuppressionReason, name="suppression_reason_known"),
        ]

    def __str__(self) -> str:
        return f"{self.key_hash[:8]}…"


class ErasureWay(models.TextChoices):
    STAFF = "staff", _("by staff")
    PORTAL = "portal", _("by the person, in the portal")
    API = "api", _("by another system")


class Erasure(models.Model):
    """That somebody was forgotten, when and on whose word; of the person only the public id and keyed hashes."""

    Way = ErasureWay

    public_id = PublicIdField(prefix="era")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="erasure")
    way = models.CharField(_("asked for"), max_length=10, choices=Way)
    counts = models.JSONField(_("what was deleted"), default=dict, help_text=_("Table → rows."))
    key_hashes = models.JSONField(default=list)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    erased_at = models.DateTimeField(_("erased"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [choices_check("way", ErasureWay, name="erasure_way_known")]

    def __str__(self) -> str:
        return self.public_id
