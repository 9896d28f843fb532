"""Where rows of the console have their page, for whoever may see it."""

from django.contrib.admin import AdminSite
from django.db import models
from django.urls import reverse


def row_url(site: AdminSite, row: models.Model) -> str:
    """The row's page in the console; empty where its kind has none."""
    if not site.is_registered(type(row)):
        return ""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def list_url(site: AdminSite, model: type[models.Model], query: str = "") -> str:
    """The list of a kind of row, `query` being filters such as `status__exact=draft`."""
    if not site.is_registered(model):
        return ""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{query}" if query else url
