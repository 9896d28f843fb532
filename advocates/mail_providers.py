"""Which addresses are one mailbox, by what the providers say themselves. Whoever is not here has no aliases.

A false *the same* joins two people, a false *another* only makes a duplicate that staff can merge. So nothing stands
here that a provider does not publish: no hyphens at Yahoo (its base names are chosen freely), no dots at Outlook, no
plus at a company's own domain.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """`domain`: under which its mailboxes are known here, empty when each domain is a world of its own.

    `plus`: what follows a + is the reader's own label. `dots`: dots before the @ do not count. `hosts`:
    label@lena.domain is lena@domain.
    """

    domains: tuple[str, ...]
    domain: str = ""
    plus: bool = False
    dots: bool = False
    hosts: bool = False


_MICROSOFT = (
    "outlook.com", "outlook.de", "outlook.fr", "outlook.es", "outlook.it", "outlook.jp", "outlook.kr", "outlook.co.th",
    "outlook.com.br", "outlook.com.au", "outlook.my", "outlook.sg", "hotmail.com", "hotmail.co.uk", "hotmail.de",
    "hotmail.fr", "hotmail.es", "hotmail.it", "hotmail.no", "live.com", "live.co.uk", "live.de", "live.fr", "live.no",
    "live.se", "live.nl", "msn.com",
)  # fmt: skip

PROVIDERS = (
    # support.google.com/mail/answer/7436150 (dots), /10313 (googlemail), /22370 (plus)
    Provider(("gmail.com", "googlemail.com"), "gmail.com", plus=True, dots=True),
    # support.microsoft.com: plus addressing. Each of its domains gives out its own names.
    Provider(_MICROSOFT, plus=True),
    # support.apple.com/102534: whoever had me.com or mac.com has the same name at icloud.com.
    Provider(("icloud.com", "me.com", "mac.com"), "icloud.com", plus=True),
    # fastmail.help/hc/en-us/articles/360060591053
    Provider(("fastmail.com", "fastmail.fm", "sent.com", "messagingengine.com"), plus=True, hosts=True),
    # proton.me/support/addresses-and-aliases
    Provider(("proton.me", "protonmail.com", "protonmail.ch", "pm.me"), plus=True),
    # yandex.com/support/domain/additional/mailbox-alias.xml: each mailbox answers in all of these.
    Provider(("yandex.ru", "ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"), "yandex.ru"),
)

BY_DOMAIN: Mapping[str, Provider] = {domain: provider for provider in PROVIDERS for domain in provider.domains}


def mailbox(local: str, domain: str) -> tuple[str, str]:
    """(name, domain) of the mailbox that mail to this address lands in; both already in lower case and ASCII domain."""
    provider = BY_DOMAIN.get(domain)
    if provider is None:
        return _hosted(local, domain)
    if provider.plus:
        local = local.partition("+")[0] or local
    if provider.dots:
        local = local.replace(".", "")
    return local, provider.domain or domain


def _hosted(local: str, domain: str) -> tuple[str, str]:
    host, _dot, above = domain.partition(".")
    provider = BY_DOMAIN.get(above)
    return (host, above) if provider and provider.hosts else (local, domain)
