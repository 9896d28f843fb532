import os

from django.core.wsgi import get_wsgi_application

from config.checks import run_start_checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
run_start_checks()
