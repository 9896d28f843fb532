from advocates.admin import circle, circle_levels, contacts, imports, moments, nps, operations, purchases, users

__all__ = ["circle", "circle_levels", "contacts", "imports", "moments", "nps", "operations", "purchases", "users"]
