from advocates.admin import circle, contacts, imports, moments, nps, operations, purchases, users

__all__ = ["circle", "contacts", "imports", "moments", "nps", "operations", "purchases", "users"]
