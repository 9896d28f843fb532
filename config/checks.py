"""What must be right before anything starts: each finding has an id, what is wrong, and what to do about it.

`manage.py` runs these before every command; the web server, the worker and the beat run them when they start.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning as Caution, register, run_checks
from django.core.management.base import SystemCheckError
from django.db import connections
from redis import Redis
from redis.exceptions import RedisError

from advocates.guards import missing_guards

START = "innercircle"
MINIMUM_SECRET_LENGTH = 50

# Which id a variable that could not be understood is reported under.
VARIABLE_IDS = {
    "DATABASE_URL": "innercircle.E001",
    "REDIS_URL": "innercircle.E002",
    "EMAIL_URL": "innercircle.E003",
    "LOG_FORMAT": "innercircle.E004",
    "LOG_LEVEL": "innercircle.E004",
}
OTHER_VARIABLE_ID = "innercircle.E005"
FOLDER_ID = "innercircle.E006"


@register(START)
def check_variables(**_options: Any) -> Iterable[CheckMessage]:
    """Values that settings could not use."""
    for problem in settings.ENVIRONMENT.problems:
        if problem.variable.startswith("/"):
            yield Error(
                f"The folder {problem.variable} cannot be made.",
                hint="Give the user that runs Innercircle leave to write there.",
                id=FOLDER_ID,
            )
        else:
            yield Error(
                f"{problem.variable} cannot be understood.",
                hint=f"It should hold {problem.expected}.",
                id=VARIABLE_IDS.get(problem.variable, OTHER_VARIABLE_ID),
            )


@register(START)
def check_secrets(**_options: Any) -> Iterable[CheckMessage]:
    """What a demo may have and an installation that answers for another host may not."""
    if settings.IS_LOCAL:
        return
    if settings.SECRET_KEY == settings.DEMO_SECRET_KEY or len(settings.SECRET_KEY) < MINIMUM_SECRET_LENGTH:
        yield Error(
            "SECRET_KEY is missing, the demo's, or too short.",
            hint="Set it to 50 or more random characters, such as those of: openssl rand -base64 50",
            id="innercircle.E007",
        )
    if settings.DEBUG:
        yield Error(
            "DEBUG is on while ALLOWED_HOSTS names public hosts: error pages would show data and settings.",
            hint="Remove DEBUG from the environment.",
            id="innercircle.E008",
        )


@register(START)
def check_site_url(**_options: Any) -> Iterable[CheckMessage]:
    """Every link in a mail begins with SITE_URL."""
    parts = urlsplit(settings.SITE_URL)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        yield Error(
            "SITE_URL is no absolute address.",
            hint="Set it to where people reach this installation, such as https://refer.example.com, without a path.",
            id="innercircle.E009",
        )
        return
    if settings.IS_LOCAL:
        return
    if parts.scheme != "https":
        yield Error(
            "SITE_URL is not https: sign-in links and sessions could be read on the way.",
            hint="Put the installation behind TLS and set SITE_URL to its https address.",
            id="innercircle.E010",
        )
    if parts.hostname not in settings.ALLOWED_HOSTS:
        yield Error(
            "SITE_URL names a host that ALLOWED_HOSTS does not: links in mails would lead to an error.",
            hint=f"Add {parts.hostname} to ALLOWED_HOSTS, in full: patterns are not taken.",
            id="innercircle.E011",
        )


@register(START)
def check_surroundings(**_options: Any) -> Iterable[CheckMessage]:
    """What works, but hardly as intended."""
    if settings.IS_LOCAL:
        return
    if not settings.EMAIL:
        yield Caution(
            "Mails are written into files: EMAIL_URL is not set.",
            hint="Set EMAIL_URL, such as smtp+tls://user:password@mail.example.com:587.",
            id="innercircle.W001",
        )
    if settings.IS_SECURE and not settings.TRUSTED_PROXIES:
        yield Caution(
            "No proxy is trusted: behind one, pages redirect to themselves, and visitors share one address.",
            hint="Set TRUSTED_PROXIES to the number of proxies in front, usually 1.",
            id="innercircle.W002",
        )


@register(START, deploy=True)
def check_redis(**_options: Any) -> Iterable[CheckMessage]:
    """Redis must refuse new messages when it is full rather than forget old ones."""
    if not settings.REDIS_URL:
        return
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1) as redis:
            policy = redis.config_get("maxmemory-policy").get("maxmemory-policy")
    except RedisError:
        yield Caution(
            "Redis does not answer, or does not tell its settings.",
            hint="Is REDIS_URL right, and does Redis run? Nothing is lost meanwhile: sweeps find what waits.",
            id="innercircle.W003",
        )
        return
    if policy != "noeviction":
        yield Caution(
            f"Redis throws messages away when its memory is full (maxmemory-policy is {policy}).",
            hint="Set maxmemory-policy to noeviction in redis.conf.",
            id="innercircle.W004",
        )


@register(Tags.database)
def check_guards(databases: Sequence[str] | None = None, **_options: Any) -> Iterable[CheckMessage]:
    """A warning, not an error: `migrate` puts missing guards back, and an error would stop it."""
    for alias in databases or []:
        connection = connections[alias]
        if not connection.introspection.table_names():
            continue
        missing = missing_guards(connection)
        if missing:
            yield Caution(
                f"The database lacks guards: {', '.join(missing)}.",
                hint="Run “manage.py migrate”, which installs them.",
                id="innercircle.W005",
            )


def run_start_checks() -> None:
    """For processes that do not come through manage.py. Raises SystemCheckError with every error found."""
    errors = [found for found in run_checks(tags=[START]) if found.is_serious()]
    if errors:
        raise SystemCheckError("Innercircle does not start:\n" + "\n".join(map(str, errors)))
