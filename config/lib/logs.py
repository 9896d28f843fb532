"""What a log line must not say: links of ours hold tokens in their path, searches hold names, databases quote rows."""

import re
from collections.abc import MutableMapping
from typing import Any

# Whoever reads the log must not be able to use a link. Public ids are no secret, and operators search by them.
TOKEN = re.compile(r"(?<=/)(?![a-z]{3}_[0-9a-z]{20}(?![\w.~=:-]))[\w.~=:-]{20,}")
# Staff search for people by name and address.
QUERY = re.compile(r"(?<=\S)\?\S+")
# The keys of a line that may hold a path; tracebacks name files and stay as they are.
PATH_KEYS = ("event", "request")
ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+")
# PostgreSQL quotes the whole row that a constraint refused.
ROW = re.compile(r"^(DETAIL: ).*$", re.MULTILINE)


def hide_secrets(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A step of structlog: `/portal/in/<token>/` becomes `/portal/in/…/`, and an e-mail address becomes `…`."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = _hidden(value, has_path=key in PATH_KEYS)
    return line


def _hidden(text: str, *, has_path: bool) -> str:
    if has_path:
        text = QUERY.sub("?…", TOKEN.sub("…", text))
    return ROW.sub(r"\1…", ADDRESS.sub("…", text))
