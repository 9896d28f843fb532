from advocates.admin import (
    circle,
    circle_levels,
    contacts,
    customer_models,
    erasure,
    imports,
    moments,
    nps,
    operations,
    purchases,
    segments,
    users,
)

__all__ = [
    "circle",
    "circle_levels",
    "contacts",
    "customer_models",
    "erasure",
    "imports",
    "moments",
    "nps",
    "operations",
    "purchases",
    "segments",
    "users",
]
