"""The one way out to another machine: https to a public address that was checked and is then the one connected to."""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError

TIMEOUT_SECONDS = 5.0
MAX_ANSWER_BYTES = 64 * 1024

Resolver = Callable[[str, int], list[str]]


class UrlRefused(DomainError):
    code = "url_refused"


class NoAnswer(DomainError):
    """The outcome is unknown: the other side may or may not have received the call."""

    code = "no_answer"
    status = 502


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def checked_address(url: str, *, resolver: Resolver = resolve) -> tuple[SplitResult, str]:
    """The parsed URL and an address to connect to. Raises UrlRefused unless *every* address of the host is public."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise UrlRefused(_("The address must begin with https:// and name a host, without a user or password."))
    try:
        addresses = resolver(parts.hostname, parts.port or 443)
    except (OSError, ValueError, UnicodeError) as error:
        raise UrlRefused(_("The host of this address cannot be found.")) from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise UrlRefused(_("The address leads into a private network."))
    return parts, addresses[0]


def is_public(address: str) -> bool:
    """Global unicast only; what is wrapped in an IPv6 address (mapped, 6to4, Teredo) is looked at too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def post(url: str, *, body: bytes, headers: Mapping[str, str], resolver: Resolver = resolve) -> Answer:
    """POST without following redirects; at most 5 s and 64 KiB of answer. Raises UrlRefused or NoAnswer."""
    parts, address = checked_address(url, resolver=resolver)
    pool = urllib3.HTTPSConnectionPool(
        address,
        parts.port or 443,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with pool.request("POST", path, body=body, headers={**headers, "Host": parts.netloc}, redirect=False, preload_content=False) as answer:
            return Answer(answer.status, answer.read(MAX_ANSWER_BYTES))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NoAnswer(_("No answer came back in time.")) from error
