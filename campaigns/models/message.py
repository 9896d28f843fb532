"""Every mail is a row before it is a mail: the row says what is sent, to whom, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from advocates.models import Contact
from campaigns.models.campaign import Campaign
from config.lib.ids import PublicIdField, new_ordered_uuid
from config.lib.states import TransitionTable, choices_check


class MessageTemplate(models.Model):
    """Staff's own wording of one of the mails in campaigns/messaging/mails.py. Placeholders in braces, never code."""

    mail = models.CharField(_("mail"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=160)
    preheader = models.CharField(_("preview line"), max_length=160, blank=True, default="")
    body = models.TextField(_("text"), help_text=_("Markdown with {placeholders}."))
    button = models.CharField(_("button"), max_length=60, blank=True, default="")
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = [models.UniqueConstraint(fields=["mail", "language"], name="message_template_once")]

    def __str__(self) -> str:
        return f"{self.mail} · {self.language}"


class OutboundMessageStatus(models.TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    UNCERTAIN = "uncertain", _("outcome unknown")
    STOPPED = "stopped", _("stopped")
    SUPPRESSED = "suppressed", _("held back: unsubscribed")
    FAILED = "failed", _("failed")
    MISSED = "missed", _("too late")


class OutboundMessageNature(models.TextChoices):
    ASK = "ask", _("ask or news")
    SERVICE = "service", _("about something the person did")
    STAFF = "staff", _("to staff")


class OutboundMessage(models.Model):
    Status = OutboundMessageStatus
    Nature = OutboundMessageNature

    MOVES = TransitionTable(
        {
            Status.QUEUED: [Status.SENDING, Status.STOPPED, Status.SUPPRESSED, Status.MISSED],
            Status.SENDING: [
                Status.SENT,
                Status.UNCERTAIN,
                Status.FAILED,
                Status.QUEUED,
                Status.SUPPRESSED,
                Status.STOPPED,
            ],
            Status.UNCERTAIN: [Status.SENT, Status.QUEUED, Status.FAILED],
            Status.FAILED: [Status.QUEUED],
        }
    )

    public_id = PublicIdField(prefix="msg")
    dedupe_key = models.CharField(max_length=160, unique=True)
    mail = models.CharField(_("mail"), max_length=40)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    language = models.CharField(_("language"), max_length=10)
    to_address = models.EmailField(_("to"))
    from_address = models.CharField(_("from"), max_length=254)
    reply_to = models.CharField(_("reply to"), max_length=254, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=254)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    headers = models.JSONField(default=dict, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("of no use after"), null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")
    is_test = models.BooleanField(_("test"), default=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            choices_check("status", OutboundMessageStatus, name="message_status_known"),
            choices_check("nature", OutboundMessageNature, name="message_nature_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=models.Q(status="queued")),
            models.Index(fields=["lease_until"], name="message_leased", condition=models.Q(status="sending")),
            models.Index(fields=["contact", "-created_at"], name="message_of_contact"),
        ]

    def __str__(self) -> str:
        return self.subject


class MessageEventKind(models.TextChoices):
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    OPENED = "opened", _("opened")
    CLICKED = "clicked", _("link followed")
    BOUNCED = "bounced", _("bounced")
    COMPLAINED = "complained", _("complained")
    UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
    HELD = "held", _("held back")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("outcome unknown")
    REQUEUED = "requeued", _("waiting again")


class MessageEvent(models.Model):
    """What became of a mail. The id is the application's own, so that rows can be spooled; nothing points here."""

    Kind = MessageEventKind

    id = models.UUIDField(primary_key=True, default=new_ordered_uuid, editable=False)
    message = models.ForeignKey(OutboundMessage, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    occurred_at = models.DateTimeField(_("when"))
    detail = models.CharField(_("detail"), max_length=254, blank=True, default="")

    class Meta:
        verbose_name = _("news of a mail")
        verbose_name_plural = _("news of mails")
        constraints = [choices_check("kind", MessageEventKind, name="message_event_kind_known")]

    def __str__(self) -> str:
        return self.get_kind_display()
