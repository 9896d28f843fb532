from advocates.admin import circle, contacts, imports, operations, users

__all__ = ["circle", "contacts", "imports", "operations", "users"]
