"""What a log line must not say: links of ours hold tokens in their path, and a line of the web server holds paths."""

import re
from collections.abc import MutableMapping
from typing import Any

# Whoever reads the log must not be able to use a link. Public ids are no secret, and operators search by them.
TOKEN = re.compile(r"(?<=/)(?![a-z]{3}_[0-9a-z]{20}(?![\w.~=:-]))[\w.~=:-]{20,}")
# The keys of a line that may hold a path; tracebacks name files and stay as they are.
KEYS = ("event", "request")


def hide_tokens(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A step of structlog: `/portal/in/<token>/` becomes `/portal/in/…/`."""
    for key in KEYS:
        if isinstance(line.get(key), str):
            line[key] = TOKEN.sub("…", line[key])
    return line
