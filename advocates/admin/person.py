"""The page about one person: apps above put their part there by registering a panel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django_stubs_ext import StrOrPromise

from advocates.admin.base import Verb
from advocates.models import Contact
from config.lib.registry import Registry


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """A section of the page. `render(request, contact)` gives HTML, or an empty string where there is nothing to say.

    `permission`: who may see it, such as "referrals.view_referral".
    """

    name: str
    title: StrOrPromise
    permission: str
    render: Callable[[HttpRequest, Contact], str]


PERSON_PANELS: Registry[PersonPanel] = Registry("panel of the person page")

# Facts of the side panel (`fact(...)` of advocates/admin/detail.py) that apps above know: roles, balance, …
PERSON_FACTS: Registry[Callable[[Contact], list[dict[str, Any]]]] = Registry("facts of the person page")

# What staff can do from the page, beyond what this app knows.
PERSON_VERBS: Registry[Verb[Contact]] = Registry("verb of the person page")
