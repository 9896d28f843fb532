from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from campaigns import selectors


def company(_request: HttpRequest) -> dict[str, Any]:
    """The company page for every template, read only where a template asks for it."""
    return {"company": SimpleLazyObject(selectors.company)}
