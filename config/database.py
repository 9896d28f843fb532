"""What a database needs besides its tables: guards, the cache's table, roles. Put back after each migrate."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from advocates.guards import install_guards
from config.roles import create_roles

# A migration that waits for a lock makes everybody behind it wait too: it gives up and is run again.
LOCK_TIMEOUT = "3s"


def watch_migrations() -> None:
    """Django tells of a migrate once per app with models: what spans all apps is done with the last."""
    last = last_app()
    pre_migrate.connect(before_migrate, sender=last, dispatch_uid="innercircle.before_migrate")
    post_migrate.connect(after_migrate, sender=last, dispatch_uid="innercircle.after_migrate")


def last_app() -> AppConfig:
    return [app for app in apps.get_app_configs() if app.models_module is not None][-1]


def before_migrate(*, using: str, **_signal: Any) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = %s", [LOCK_TIMEOUT])


def after_migrate(*, using: str, **_signal: Any) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    # A table that SQLite remade has lost its triggers.
    install_guards(connection)
    call_command("createcachetable", database=using, verbosity=0)
    create_roles()
