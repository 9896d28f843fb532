from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.ids import PublicIdField
from config.lib.states import choices_check


class ApiKeyScope(models.TextChoices):
    READ = "read", _("read")
    WRITE = "write", _("read and write")


class ApiKey(models.Model):
    """A system's key. `source` is the name under which its facts are stored, and survives a rotation of the key."""

    Scope = ApiKeyScope

    public_id = PublicIdField(prefix="key")
    name = models.CharField(_("name"), max_length=80)
    source = models.SlugField(
        _("source"),
        max_length=64,
        help_text=_("The system that uses the key, such as “shop”. Two keys of one system share it."),
    )
    scope = models.CharField(_("may"), max_length=10, choices=Scope)
    shown_prefix = models.CharField(_("begins with"), max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True)
    is_test = models.BooleanField(_("test"), default=False)
    expires_at = models.DateTimeField(_("good until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [choices_check("scope", ApiKeyScope, name="api_key_scope_known")]

    def __str__(self) -> str:
        return self.name


class IdempotentAnswer(models.Model):
    """The first answer to an Idempotency-Key, kept for 72 hours. No status yet: the first call is still running."""

    source = models.CharField(max_length=64)
    key = models.CharField(max_length=128)
    path = models.CharField(max_length=254)
    body_hash = models.CharField(max_length=64)
    response_status = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotent answer")
        verbose_name_plural = _("idempotent answers")
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="idempotent_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_old")]

    def __str__(self) -> str:
        return self.key
