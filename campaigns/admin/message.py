from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _, gettext_lazy

from advocates.admin.base import ReadOnlyAdmin, Verb, staff_of
from advocates.admin.detail import NOTHING, DetailAdmin, fact, moment, note, step
from campaigns.messaging.frame import mail_frame
from campaigns.messaging.mails import MAILS
from campaigns.models import MessageEvent, OutboundMessage
from campaigns.services.delivery import is_secret, message_confirm, message_requeue, message_stop
from config.lib import clock

Status = OutboundMessage.Status
Kind = MessageEvent.Kind

ICONS = {Kind.SENT: "send", Kind.UNCERTAIN: "circle-help", Kind.FAILED: "circle-x", Kind.UNSUBSCRIBED: "ban"}


def requeue(request: HttpRequest, message: OutboundMessage, _cleaned: dict[str, Any]) -> str:
    message_requeue(message=message, actor=staff_of(request), now=clock.now())
    return _("It is sent again within a minute.")


def confirm(request: HttpRequest, message: OutboundMessage, _cleaned: dict[str, Any]) -> str:
    message_confirm(message=message, actor=staff_of(request), now=clock.now())
    return _("It counts as sent now.")


def stop(request: HttpRequest, message: OutboundMessage, _cleaned: dict[str, Any]) -> str:
    message_stop(message=message, actor=staff_of(request), now=clock.now())
    return _("It is not sent.")


def may_requeue(message: OutboundMessage) -> bool:
    return message.status in (Status.UNCERTAIN, Status.FAILED) and not is_secret(message)


@admin.register(OutboundMessage)
class OutboundMessageAdmin(DetailAdmin[OutboundMessage], ReadOnlyAdmin[OutboundMessage]):
    """Every mail: what it said, to whom, and what became of it."""

    list_display = ("subject", "to_address", "kind", "state", "campaign", "created_at", "sent_at")
    list_filter = ("status", "mail", "nature", "campaign", "is_test")
    list_select_related = ("campaign",)
    search_fields = ("to_address", "subject", "public_id", "=contact__public_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    change_form_template = "admin/campaigns/outboundmessage/detail.html"
    tones = {
        Status.QUEUED: "accent",
        Status.SENDING: "accent",
        Status.SENT: "success",
        Status.UNCERTAIN: "warning",
        Status.FAILED: "danger",
    }
    verbs = (
        Verb(
            name="requeue",
            label=gettext_lazy("Send again"),
            permission="campaigns.change_outboundmessage",
            run=requeue,
            allowed=may_requeue,
            confirm=lambda message: gettext_lazy("If the first one did arrive, the person gets it twice."),
            icon="refresh-cw",
        ),
        Verb(
            name="confirm",
            label=gettext_lazy("It has arrived"),
            permission="campaigns.change_outboundmessage",
            run=confirm,
            allowed=lambda message: message.status == Status.UNCERTAIN,
            icon="check",
        ),
        Verb(
            name="stop",
            label=gettext_lazy("Do not send"),
            permission="campaigns.change_outboundmessage",
            run=stop,
            allowed=lambda message: message.status == Status.QUEUED,
            confirm=lambda message: gettext_lazy("The mail stays here and goes to nobody."),
            icon="ban",
            tone="danger",
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        html = path(
            "<path:object_id>/html/",
            self.admin_site.admin_view(self.html_view),
            name="campaigns_outboundmessage_html",
        )
        return [html, *super().get_urls()]

    def html_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The mail as it looks, for the frame on its page."""
        message = self.get_object(request, object_id)
        if message is None:
            raise Http404
        if not self.has_view_permission(request, message) or is_secret(message):
            raise PermissionDenied
        return mail_frame(message.html)

    def detail(self, request: HttpRequest, message: OutboundMessage) -> dict[str, Any]:
        secret = _("It holds a sign-in link, so that its text is shown to nobody.")
        return {
            "title": message.subject,
            "subtitle": message.to_address,
            "status": self.status(message),
            "notes": [note(secret)] if is_secret(message) else [],
            "timeline": [_step(event) for event in message.events.order_by("-id")],
            "facts": [
                fact(_("Kind"), self.kind(message)),
                fact(_("From"), message.from_address),
                fact(_("Replies to"), message.reply_to or NOTHING),
                fact(_("Language"), message.language),
                fact(_("Due"), moment(message.due_at)),
                fact(_("Sent"), moment(message.sent_at), hint=message.error),
                fact(_("Attempts"), message.attempts),
            ],
        }

    def sections(self, request: HttpRequest, message: OutboundMessage) -> dict[str, Any]:
        if not message.html or is_secret(message):
            return {}
        html_url = reverse("admin:campaigns_outboundmessage_html", args=[message.pk])
        return {"html_url": html_url, "plain_text": message.text}

    @admin.display(description=gettext_lazy("kind"), ordering="mail")
    def kind(self, message: OutboundMessage) -> str:
        mail = MAILS.get(message.mail)
        return str(mail.title) if mail and mail.title else message.mail


def _step(event: MessageEvent) -> dict[str, Any]:
    icon = ICONS.get(Kind(event.kind), "circle")
    return step(event.occurred_at, event.get_kind_display(), icon=icon, text=event.detail)
