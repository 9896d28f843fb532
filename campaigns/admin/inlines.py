"""What other apps show on a campaign's page: they register their inlines here."""

from typing import Any

from django.contrib.admin.options import InlineModelAdmin

from config.lib.registry import Registry

CAMPAIGN_INLINES: Registry[type[InlineModelAdmin[Any, Any]]] = Registry("inline of the campaign page")
