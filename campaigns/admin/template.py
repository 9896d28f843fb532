from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy

from campaigns.admin.base import SettingsAdmin
from campaigns.forms import MessageTemplateForm
from campaigns.messaging.frame import mail_frame
from campaigns.messaging.mails import MAILS, Mail
from campaigns.models import MessageTemplate
from campaigns.services.messages import message_render


@admin.register(MessageTemplate)
class MessageTemplateAdmin(SettingsAdmin[MessageTemplate]):
    """Staff's own wording of a mail, with the mail as it will look below it."""

    form = MessageTemplateForm
    list_display = ("title", "language", "subject", "updated_at")
    list_filter = ("mail", "language")
    change_form_template = "admin/campaigns/messagetemplate/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        preview = path(
            "<path:object_id>/preview/",
            self.admin_site.admin_view(self.preview_view),
            name="campaigns_messagetemplate_preview",
        )
        return [preview, *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The saved text with the names of the placeholders in their places."""
        template = self.get_object(request, object_id)
        kind = MAILS.get(template.mail) if template else None
        if template is None or kind is None:
            raise Http404
        if not self.has_view_permission(request, template):
            raise PermissionDenied
        return mail_frame(message_render(kind=kind, values=samples(kind), language=template.language).html)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: MessageTemplate | None = None,
    ) -> HttpResponse:
        if obj and obj.mail in MAILS:
            context["preview_url"] = reverse("admin:campaigns_messagetemplate_preview", args=[obj.pk])
            context["placeholders"] = [f"{{{name}}}" for name in MAILS[obj.mail].allowed]
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("mail"), ordering="mail")
    def title(self, template: MessageTemplate) -> str:
        mail = MAILS.get(template.mail)
        return str(mail.title) if mail and mail.title else template.mail


def samples(kind: Mail) -> dict[str, str]:
    """Each placeholder shows its own name; where the button leads is an address."""
    shown = {name: f"[{name}]" for name in kind.placeholders}
    return shown | ({kind.button_url_placeholder: settings.SITE_URL} if kind.button_url_placeholder else {})
