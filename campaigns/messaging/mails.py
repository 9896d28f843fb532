"""Which mails there are: each app registers its own in `AppConfig.ready()`."""

from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from campaigns.models import OutboundMessage
from config.lib.registry import Registry

# Every mail knows these; `message_queue` gives them. `greeting` is "Hello Lena," or, where no name is known, "Hello,".
COMMON_PLACEHOLDERS = ("company_name", "greeting", "name")


@dataclass(frozen=True, slots=True)
class Mail:
    """One kind of mail with its built-in words, which staff may replace by a MessageTemplate.

    `nature`: one of OutboundMessage.Nature; ASK carries one-click unsubscribe. `placeholders`: what the caller gives,
    beside COMMON_PLACEHOLDERS. `button_url_placeholder`: the one that holds where the button leads;
    `scale_url_placeholder`: where each figure of a scale of 0 to 10 leads, with `?score=`. `is_secret`: the
    text signs somebody in, so that staff never see it and it is wiped once sent.
    """

    name: str
    nature: str
    placeholders: tuple[str, ...]
    subject: StrOrPromise
    preheader: StrOrPromise
    body: StrOrPromise
    button: StrOrPromise = ""
    button_url_placeholder: str = ""
    scale_url_placeholder: str = ""
    title: StrOrPromise = ""
    is_secret: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every placeholder that a text of this mail may use."""
        return (*COMMON_PLACEHOLDERS, *self.placeholders)

    @property
    def has_unsubscribe(self) -> bool:
        return self.nature == OutboundMessage.Nature.ASK


MAILS: Registry[Mail] = Registry("mail")
