from django.contrib import admin

from advocates.admin.base import ReadOnlyAdmin
from advocates.models import ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin[ImportRun]):
    """Files that were read; the counts grow while one is."""

    list_display = (
        "file_name",
        "kind",
        "state",
        "rows_read",
        "created_count",
        "updated_count",
        "unchanged_count",
        "refused_count",
        "started_at",
        "finished_at",
    )
    list_filter = ("kind", "status")
    ordering = ("-started_at",)
    tones = {
        ImportRun.Status.RUNNING: "warning",
        ImportRun.Status.DONE: "success",
        ImportRun.Status.FAILED: "danger",
    }
