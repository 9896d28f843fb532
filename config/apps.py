from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class RootConfig(AppConfig):
    """No models: commands, checks and preparations that span the apps."""

    name = "config"
    default = True

    def ready(self) -> None:
        # Celery's app has to exist before anybody rings; the checks register themselves.
        from config import celery, checks  # noqa: F401
        from config.database import watch_migrations

        watch_migrations()


class ConsoleConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.console.ConsoleSite"
