"""A wrong value stops the start with an id and a hint, never with a traceback."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as real
from django.core.checks import run_checks
from django.core.management.base import SystemCheckError

from config.checks import run_start_checks

SECRET = "q8Zr-2mVtX_7wLkYb3NcJd9HsPfGaEu5" * 2
PRODUCTION = {
    "ALLOWED_HOSTS": "refer.example.com",
    "SITE_URL": "https://refer.example.com",
    "SECRET_KEY": SECRET,
    "EMAIL_URL": "smtp+tls://u:p@mail.example.com:587",
    "TRUSTED_PROXIES": "1",
}


def found_ids():
    return {found.id for found in run_checks(tags=["innercircle"])}


@pytest.fixture
def public(settings):
    """An installation that answers for a host of its own, and is set up well."""
    settings.IS_LOCAL = False
    settings.IS_SECURE = True
    settings.SECRET_KEY = SECRET
    settings.DEBUG = False
    settings.SITE_URL = "https://refer.example.com"
    settings.ALLOWED_HOSTS = ["refer.example.com"]
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    settings.TRUSTED_PROXIES = 1
    return settings


def test_a_local_demo_needs_nothing():
    assert found_ids() == set()


def test_a_well_kept_installation_has_no_finding(public):
    assert found_ids() == set()


@pytest.mark.parametrize("secret", [real.DEMO_SECRET_KEY, "short"])
def test_a_public_host_needs_a_secret_of_its_own(public, secret):
    public.SECRET_KEY = secret
    assert found_ids() == {"innercircle.E007"}


def test_a_public_host_shows_no_debug_pages(public):
    public.DEBUG = True
    assert found_ids() == {"innercircle.E008"}


@pytest.mark.parametrize(
    "url", ["refer.example.com", "//refer.example.com", "ftp://x", "https://", "https://refer.example.com/crm"]
)
def test_a_site_url_is_absolute_and_has_no_path(public, url):
    public.SITE_URL = url
    assert found_ids() == {"innercircle.E009"}


def test_a_public_host_is_reached_by_https(public):
    public.SITE_URL = "http://refer.example.com"
    assert found_ids() == {"innercircle.E010"}


def test_links_lead_to_a_host_that_answers(public):
    public.SITE_URL = "https://other.example.com"
    assert found_ids() == {"innercircle.E011"}


def test_mails_into_files_are_worth_a_warning(public):
    public.EMAIL = {}
    assert found_ids() == {"innercircle.W001"}
    run_start_checks()


def test_a_proxy_that_nobody_trusts_is_worth_a_warning(public):
    public.TRUSTED_PROXIES = 0
    assert found_ids() == {"innercircle.W002"}


def test_a_process_that_does_not_come_through_manage_py_stops_too(public):
    public.DEBUG = True
    with pytest.raises(SystemCheckError, match=r"innercircle\.E008"):
        run_start_checks()


def start(*arguments, **variables):
    clean = {key: value for key, value in os.environ.items() if key not in PRODUCTION}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=real.BASE_DIR,
        env={**clean, "DATABASE_URL": "sqlite:///:memory:", "REDIS_URL": "", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"DATABASE_URL": "mysql://root:hunter2@db/x"}, "innercircle.E001"),
        ({"REDIS_URL": "localhost:6379"}, "innercircle.E002"),
        ({"EMAIL_URL": "carrier-pigeon://"}, "innercircle.E003"),
        ({"LOG_FORMAT": "xml"}, "innercircle.E004"),
        ({"PORT": "eighty"}, "innercircle.E005"),
        ({"STAFF_MFA_REQUIRED": "maybe"}, "innercircle.E005"),
        ({"ALLOWED_HOSTS": "refer.example.com", "SITE_URL": "https://refer.example.com"}, "innercircle.E007"),
    ],
)
@pytest.mark.slow
@pytest.mark.any_database
def test_manage_py_names_what_is_wrong(variables, found):
    ended = start("manage.py", "check", **variables)
    assert ended.returncode == 1
    assert found in ended.stderr
    assert "HINT" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr


@pytest.mark.slow
@pytest.mark.any_database
def test_the_web_server_does_not_come_up_with_a_wrong_value():
    ended = start("-c", "import config.wsgi", PORT="eighty")
    assert ended.returncode == 1
    assert "innercircle.E005" in ended.stderr


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.parametrize("what", ["worker", "beat"])
def test_worker_and_beat_do_not_come_up_with_a_wrong_value(what):
    ended = start("-m", "celery", "-A", "config", what, PORT="eighty")
    assert ended.returncode == 1
    assert "innercircle.E005" in ended.stderr


@pytest.mark.slow
@pytest.mark.any_database
def test_a_production_installation_passes_the_deployment_checks():
    ended = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert ended.returncode == 0, ended.stderr
