"""What staff write is never code: `{name}` from a list is replaced by a plain string, once; no more happens."""

import re
from collections.abc import Iterable, Mapping

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# Whatever stands in braces is meant as something; what we do not know is refused when it is saved.
BRACES = re.compile(r"\{[^{}]*\}?|\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """One pass: a value that itself looks like a placeholder stays as it is, and so does an unknown name."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unknown_in(text: str, allowed: Iterable[str]) -> list[str]:
    """What stands in braces and is not `{one_of_these}`, in the order of the text."""
    known = {f"{{{name}}}" for name in allowed}
    return [found for found in BRACES.findall(text) if found not in known]
