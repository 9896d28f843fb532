"""Reads the environment and never raises: what cannot be understood is noted, and a system check says so.

A traceback out of settings names a line of ours; a check names the variable and what it should hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
REDIS_SCHEMES = ("redis", "rediss", "unix")


@dataclass(frozen=True, slots=True)
class Problem:
    """A variable that could not be used, and what it should hold. Never the value: it may be a secret."""

    variable: str
    expected: str


class Environment:
    """The variables of one process. A reader gives the default where the value is no use, and notes why."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def text(self, name: str, default: str = "") -> str:
        """An empty variable is one that was not given."""
        return self._values.get(name, "").strip() or default

    def texts(self, name: str, default: Sequence[str] = ()) -> list[str]:
        """Comma-separated."""
        given = [part.strip() for part in self.text(name).split(",") if part.strip()]
        return given or list(default)

    def number(self, name: str, default: int) -> int:
        given = self.text(name, str(default))
        if given.isascii() and given.isdigit():
            return int(given)
        return self._note(name, "a whole number, 0 or more", default)

    def switch(self, name: str, *, default: bool) -> bool:
        given = self.text(name, str(default)).lower()
        if given in YES | NO:
            return given in YES
        return self._note(name, "true or false", default)

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        given = self.text(name, default)
        return given if given in choices else self._note(name, "one of " + ", ".join(choices), default)

    def database(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings of the database behind a URL."""
        given = self.text(name, default)
        try:
            if urlsplit(given).scheme in DATABASE_SCHEMES:
                return dict(environ.Env.db_url_config(given))
        except ValueError:
            pass
        expected = "sqlite:///path or postgres://user:password@host:port/name"
        return self._note(name, expected, dict(environ.Env.db_url_config(default)))

    def redis(self, name: str) -> str:
        given = self.text(name)
        if not given or urlsplit(given).scheme in REDIS_SCHEMES:
            return given
        return self._note(name, "redis://host:port/number, or nothing for the embedded broker", "")

    def mail(self, name: str) -> dict[str, Any]:
        """Django's mail settings behind a URL; empty without one."""
        given = self.text(name)
        if not given:
            return {}
        try:
            return dict(environ.Env.email_url_config(given))
        except (ImproperlyConfigured, ValueError):
            return self._note(name, "a URL such as smtp+tls://user:password@host:587", {})

    def folder(self, path: Path) -> Path:
        """Makes the folder where it is missing."""
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            self._note(str(path), "a folder that this process may write to", None)
        return path

    def _note(self, variable: str, expected: str, instead: T) -> T:
        self.problems.append(Problem(variable, expected))
        return instead
