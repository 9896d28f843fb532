"""What differs between installations comes from the environment; `.env` beside manage.py is read too.

Without any variable this is the embedded installation: SQLite, a broker in files, mails in a folder. A wrong
value stops the start with a system check that has an id and a hint (config/checks.py).
"""

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
import structlog
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import Environment
from config.lib.logs import hide_secrets

# Lets field and admin classes be subscripted with their types.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")
ENVIRONMENT = Environment(os.environ)
VAR_DIR = ENVIRONMENT.folder(BASE_DIR / "var")

# --- where we are ---

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_path_hash = hashlib.sha256(str(BASE_DIR).encode()).hexdigest()
DEMO_SECRET_KEY = "only-for-a-demo-on-this-machine-" + _path_hash
PORT = ENVIRONMENT.number("PORT", 8000)
DEBUG = ENVIRONMENT.switch("DEBUG", default=False)
SECRET_KEY = ENVIRONMENT.text("SECRET_KEY", DEMO_SECRET_KEY)
SECRET_KEY_FALLBACKS = ENVIRONMENT.texts("SECRET_KEY_FALLBACKS")
SITE_URL = ENVIRONMENT.text("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = ENVIRONMENT.texts("ALLOWED_HOSTS", LOCAL_HOSTS)
TRUSTED_PROXIES = ENVIRONMENT.number("TRUSTED_PROXIES", 0)
# A local demo needs no settings; whatever answers for another host is production and must be given its own.
IS_LOCAL = {*ALLOWED_HOSTS} <= {*LOCAL_HOSTS, "testserver"}
IS_SECURE = SITE_URL.startswith("https://")

# --- what is in the house ---

INSTALLED_APPS = [
    "rewards",
    "referrals",
    "campaigns",
    "advocates",
    "config.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_celery_beat",
    "django_structlog",
    # Serves the API's documentation page from here instead of from another host.
    "ninja",
    # Last: its ready() sees what all others have registered.
    "config.apps.RootConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.staff.SecondFactorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "advocates.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "campaigns.context.company",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- data ---

DATABASE = ENVIRONMENT.database("DATABASE_URL", "sqlite:///var/innercircle.sqlite3")
IS_SQLITE = DATABASE["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE and DATABASE["NAME"] != ":memory:":
    # `sqlite:///var/x` would be relative to wherever the process was started.
    DATABASE["NAME"] = str(BASE_DIR / DATABASE["NAME"])
    ENVIRONMENT.folder(Path(DATABASE["NAME"]).parent)
if IS_SQLITE:
    DATABASE["OPTIONS"] = {
        "timeout": 20,
        # A deferred BEGIN loses writes to locks when several processes write.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASE |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # A host that is gone is noticed in seconds; the name is what an operator sees in pg_stat_activity.
    DATABASE["OPTIONS"] = {"connect_timeout": 5, "application_name": "innercircle"} | DATABASE.get("OPTIONS", {})
DATABASES = {"default": DATABASE}

# Queue names carry this, so that two installations on one Redis never take each other's work.
_database_place = f"{DATABASE.get('HOST', '')}:{DATABASE.get('PORT', '')}/{DATABASE['NAME']}"
DATABASE_HASH = hashlib.sha256(_database_place.encode()).hexdigest()[:10]

REDIS_URL = ENVIRONMENT.redis("REDIS_URL")
CACHE = (
    {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": DATABASE_HASH,
        # A Redis that hangs must not hold a request for longer than a person waits.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    # The table is made after each migrate (config/database.py).
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "config_cache"}
)
CACHES = {"default": CACHE}

MEDIA_ROOT = VAR_DIR / "media"
# Files handed in for import, and what was refused of them: served to staff only, deleted after a while.
IMPORT_ROOT = VAR_DIR / "imports"
IMPORT_MAX_BYTES = ENVIRONMENT.number("IMPORT_MAX_MEGABYTES", 200) * 1024 * 1024
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.folder(VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = IS_LOCAL
WHITENOISE_AUTOREFRESH = DEBUG
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if IS_LOCAL
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- work in the background ---

_has_file = IS_SQLITE and DATABASE["NAME"] != ":memory:"
BROKER_DIR = (Path(DATABASE["NAME"]).parent if _has_file else VAR_DIR) / f"broker-{DATABASE_HASH}"
# "embedded" is config.broker, registered in config/celery.py.
CELERY_BROKER_URL = REDIS_URL or "embedded://localhost"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = f"innercircle-{DATABASE_HASH}"
CELERY_TASK_IGNORE_RESULT = True
# Else the beat adds a row of its own, with a time of day in it.
CELERY_RESULT_EXPIRES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
# Nothing asks a worker about itself: JobRun says what runs and what stopped.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# A doorbell may be lost, never waited for: a web request does not hang on the broker.
CELERY_TASK_PUBLISH_RETRY = False
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "visibility_timeout": 3600,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR),
        "data_folder_out": str(BROKER_DIR),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- mail ---

# Without a URL: files, shown on a page in the demo.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL = ENVIRONMENT.mail("EMAIL_URL")
vars().update(EMAIL)
MAIL_DIR = Path(EMAIL_FILE_PATH)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.text("DEFAULT_FROM_EMAIL", "Innercircle <hello@innercircle.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- people ---

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_validation}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validation}.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "config.staff.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "config.staff.StaffMfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Staff are made by staff, who vouch for the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Innercircle"
STAFF_MFA_REQUIRED = ENVIRONMENT.switch("STAFF_MFA_REQUIRED", default=not IS_LOCAL)

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
PORTAL_SESSION_AGE = timedelta(days=30)
PORTAL_LINK_AGE = timedelta(minutes=10)
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_SECURE else []
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_SECURE
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- words ---

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("zh-hans", _("Simplified Chinese")),
    ("ms", _("Malay")),
    ("nb", _("Norwegian Bokmål")),
    ("ko", _("Korean")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- logs: never a name, an address or a token ---

DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOG_FORMAT = ENVIRONMENT.choice("LOG_FORMAT", ["console", "json"], "console" if IS_LOCAL else "json")
LOG_LEVEL = ENVIRONMENT.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
_log_steps: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    hide_secrets,
]
_log_renderers: dict[str, Any] = {
    "json": structlog.processors.JSONRenderer(),
    # rich would print local variables, and with them personal data.
    "console": structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _log_renderers[LOG_FORMAT],
            ],
            "foreign_pre_chain": _log_steps,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # A line for each page that was served would hide the lines that matter.
        "django_structlog": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_log_steps,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
