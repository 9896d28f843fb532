from typing import Any

from django.utils.translation import gettext as _

from config.dashboard.desk import Desk
from config.pages import list_url, row_url
from rewards.catalogue import lacks_address
from rewards.models import GiftOrder

ROWS = 8


def list_gifts(desk: Desk) -> dict[str, Any] | None:
    """Only where a parcel waits for somebody to send it; one without an address waits for its owner."""
    if not desk.may("rewards.change_giftorder"):
        return None
    ordered = GiftOrder.objects.filter(status=GiftOrder.Status.ORDERED).select_related("contact__details", "item")
    waiting = [order for order in ordered.order_by("ordered_at")[: 4 * ROWS] if not lacks_address(order)]
    if not waiting:
        return None
    return {
        "title": _("Gifts to send"),
        "icon": "package",
        "url": list_url(desk.site, GiftOrder, "status__exact=ordered"),
        "empty": "",
        "rows": [
            {
                "title": str(order.contact),
                "text": order.item.name,
                "url": row_url(desk.site, order),
                **desk.when(order.ordered_at),
            }
            for order in waiting[:ROWS]
        ],
    }
