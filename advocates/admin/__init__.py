from advocates.admin import circle, contacts, imports, operations, purchases, users

__all__ = ["circle", "contacts", "imports", "operations", "purchases", "users"]
