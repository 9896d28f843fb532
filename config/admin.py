"""Other people's models in the console, cut down to what staff need of them."""

from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)

from advocates.admin.base import ConsoleAdmin

# The beat's own pages would let staff start any task with any arguments, at times of day that it gets wrong
# around daylight saving, and carry an inline script.
admin.site.unregister([ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule])


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ConsoleAdmin[PeriodicTask]):
    """Operators set how often a job comes back and switch it off; what it does is code."""

    list_display = ("name", "interval", "enabled", "last_run_at", "description")
    list_select_related = ("interval",)
    ordering = ("name",)
    fields = ("name", "description", "interval", "enabled", "last_run_at")
    readonly_fields = ("name", "description", "last_run_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(ConsoleAdmin[IntervalSchedule]):
    """Only to be added from a job's page."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
