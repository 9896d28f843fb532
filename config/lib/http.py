"""The one way out: https to a public address that was checked and is then the one connected to.

What looks at this machine itself stands below.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError

TIMEOUT_SECONDS = 5.0
MAX_ANSWER_BYTES = 64 * 1024
HTTPS_PORT = 443

# What stands in names and numbers of hosts; the rest is left to the resolver.
HOST = re.compile(r"[\w.:%-]+")
# Well-known prefix of RFC 6052: the last 32 bits are the IPv4 address that a gateway calls.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python calls these global: IPv4-compatible and site-local (both deprecated), local-use NAT64 (RFC 8215).
NEVER_PUBLIC = [ipaddress.ip_network(network) for network in ("::/96", "fec0::/10", "64:ff9b:1::/48")]

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
    """The parsed URL and an address to connect to.

    Raises UrlRefused unless it is plain https and *every* address of the host is public.
    """
    parts, port = _parsed(url)
    try:
        addresses = resolver(str(parts.hostname), port)
    except (OSError, ValueError) as error:
        raise UrlRefused(_("The host of this address cannot be found.")) from error
    if not addresses or not all(is_public(address) for address in addresses):
        raise UrlRefused(_("The address leads into a private network."))
    return parts, addresses[0]


def _parsed(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS_PORT
    except ValueError as error:  # brackets that do not close, a port that is no number
        raise UrlRefused(_("This is no web address.")) from error
    if not parts.hostname or not HOST.fullmatch(parts.hostname):
        raise UrlRefused(_("This is no web address."))
    if parts.scheme != "https" or parts.username or parts.password:
        raise UrlRefused(_("The address must begin with https:// and hold no user and no password."))
    return parts, port


def is_public(address: str) -> bool:
    """Global unicast only. What an IPv6 address wraps (mapped, 6to4, Teredo, NAT64) is looked at instead."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if any(ip in network for network in NEVER_PUBLIC):
            return False
        wrapped = _wrapped(ip)
        if wrapped:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def post(url: str, *, body: bytes, headers: Mapping[str, str], resolver: Resolver = resolve) -> Answer:
    """POST without following redirects; at most 5 s and 64 KiB of answer. Raises UrlRefused or NoAnswer."""
    parts, address = checked_address(url, resolver=resolver)
    pool = urllib3.HTTPSConnectionPool(
        address,
        parts.port or HTTPS_PORT,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {**headers, "Host": parts.netloc}
    try:
        with pool.request("POST", target, body=body, headers=sent, redirect=False, preload_content=False) as answer:
            return Answer(answer.status, answer.read(MAX_ANSWER_BYTES))
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise NoAnswer(_("No answer came back in time.")) from error
    finally:
        pool.close()


def own_status(port: int, path: str) -> int | None:
    """What a server on this very machine answers to a GET within 5 s; None when none does."""
    with urllib3.HTTPConnectionPool("127.0.0.1", port, timeout=TIMEOUT_SECONDS, retries=False) as pool:
        try:
            return pool.request("GET", path, redirect=False).status
        except urllib3.exceptions.HTTPError:
            return None


def is_port_free(port: int) -> bool:
    """May a server of ours listen on that port of this machine?"""
    with socket.socket() as probe:
        # Else a port counts as taken for a minute after its last server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
