"""What the pages of this app have in common."""

from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.db import models
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django_stubs_ext import StrOrPromise

from advocates.admin.base import ConsoleAdmin
from advocates.models import User
from campaigns.services.settings import settings_save

M = TypeVar("M", bound=models.Model)


class SettingsAdmin(ConsoleAdmin[M]):
    """A page that staff fill in: saved by a service that leaves a trace."""

    def save_model(self, request: HttpRequest, obj: M, form: forms.ModelForm[M], change: bool) -> None:
        settings_save(row=obj, changed=form.changed_data, actor=staff_of(request))


def staff_of(request: HttpRequest) -> User:
    """Who is signed in to the console; its views let nobody else in."""
    user: User = request.user  # type: ignore[assignment]
    return user


def moment(at: datetime | None) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"


def fact(label: StrOrPromise, value: Any, *, hint: StrOrPromise = "", url: str = "") -> dict[str, Any]:
    """A line of the side panel."""
    return {"label": label, "value": value, "hint": hint, "url": url}


def step(at: datetime, title: StrOrPromise, *, icon: str = "circle", text: str = "", who: str = "") -> dict[str, str]:
    """A line of the story."""
    return {"at": moment(at), "title": str(title), "icon": icon, "text": text, "who": who}
