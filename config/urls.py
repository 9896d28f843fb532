"""Every address of the installation. Public paths are the apps' own and stand at the root."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.static import serve

from config.api import api
from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("referrals.urls")),
    path("", include("campaigns.urls")),
    path("", include("rewards.urls")),
]
if settings.IS_LOCAL:
    # In production the web server in front serves uploads.
    urlpatterns += [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})]
