"""What the pages of this app have in common."""

from typing import Any, ClassVar, TypeVar

from django import forms
from django.db import models
from django.http import HttpRequest

from advocates.admin.base import ConsoleAdmin, staff_of
from campaigns.services.settings import settings_save

M = TypeVar("M", bound=models.Model)


class SettingsAdmin(ConsoleAdmin[M]):
    """A page that staff fill in: saved by a service that leaves a trace."""

    # What is typed without a scheme is meant as https.
    formfield_overrides: ClassVar[dict[type[models.Field[Any, Any]], dict[str, Any]]] = {
        models.URLField: {"assume_scheme": "https"}
    }

    def save_model(self, request: HttpRequest, obj: M, form: forms.ModelForm[M], change: bool) -> None:
        settings_save(row=obj, changed=form.changed_data, actor=staff_of(request))
