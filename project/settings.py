"""Settings of the project, read from the environment (and ``.env``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
import environ
from django.core.exceptions import ImproperlyConfigured

from project.environment import BASE_DIR, read_env_file

read_env_file()
env = environ.Env()

DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = env.str("DJANGO_SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "DJANGO_SECRET_KEY is not set. “make .env” writes a .env with new secrets; "
        "on a server set it in the environment (see .env.example)."
    )
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
PUBLIC_URL = env.str("SFCONNECTOR_PUBLIC_URL", default="http://127.0.0.1:8000")
IS_HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if IS_HTTPS else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "sfconnector",
    "project",
]
MIDDLEWARE = [
    "sfconnector.middleware.probed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sfconnector.middleware.audited",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "project.urls"
# A path under which a proxy serves the site, such as /crm; it strips the path itself.
FORCE_SCRIPT_NAME = env.str("DJANGO_SCRIPT_NAME", default="") or None
WSGI_APPLICATION = "project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Writers wait for each other instead of failing; readers never wait. A new file has
    # pages of 8 kB instead of 4: records are about 1 kB. The log is moved to the file
    # every 64 MB instead of 4: each time waits for the disk twice.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
        "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=8000;",
    }

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en"
TIME_ZONE = env.str("DJANGO_TIME_ZONE", default="UTC")
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("DJANGO_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
# Before the first collectstatic, and while developing, files come from the apps.
IS_COLLECTED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not IS_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "project.static.CollectedStaticFiles"
        )
    },
}

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
# Browsers keep the promise of https for as long, and nobody can take it back earlier.
SECURE_HSTS_SECONDS = (
    env.int("DJANGO_HSTS_SECONDS", default=60 * 60 * 24 * 365) if IS_HTTPS else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and env.bool(
    "DJANGO_HSTS_SUBDOMAINS", default=True
)
SECURE_HSTS_PRELOAD = IS_HTTPS and env.bool("DJANGO_HSTS_PRELOAD", default=True)
# Only behind the https proxy that the public URL speaks of may its header be believed.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "object-src": ["'none'"],
    "frame-ancestors": ["'none'"],
}
MIDDLEWARE.insert(
    2,
    "django.middleware.csp.ContentSecurityPolicyMiddleware"
    if django.VERSION >= (6, 0)
    else "project.policy.content_security_policy",
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "sfconnector.logs.JsonLines"},
    },
    "filters": {"about": {"()": "sfconnector.logs.Context"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["about"],
            "formatter": env.str("DJANGO_LOG_FORMAT", default="line"),
        }
    },
    "root": {
        "handlers": ["console"],
        "level": env.str("DJANGO_LOG_LEVEL", default="INFO").upper(),
    },
    # Three lines for each tick: received, succeeded, sent. A run has a line of its own.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat")
    },
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="memory://")
if CELERY_BROKER_URL == "memory://":
    CELERY_BROKER_URL = "memory://localhost/"  # Kombu warns of a missing host
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# For a cold shutdown (SIGQUIT): longer than a renewal of tokens may take.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
# The run row is the queue of record: a doorbell that cannot be rung is rung later.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("memory:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1}
else:
    # A page that rings must not hang on the broker: its row waits in the database.
    CELERY_BROKER_CONNECTION_TIMEOUT = 2
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
if CELERY_BROKER_URL.startswith("redis"):
    # A hung Redis blocked .delay() for 25 seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    }

_MAIL = env.email_url("EMAIL_URL", default="consolemail://")
_MAIL_OPTIONS = {
    "host": _MAIL["EMAIL_HOST"],
    "port": _MAIL["EMAIL_PORT"],
    "username": _MAIL["EMAIL_HOST_USER"],
    "password": _MAIL["EMAIL_HOST_PASSWORD"],
    "use_tls": _MAIL.get("EMAIL_USE_TLS", False),
    "use_ssl": _MAIL.get("EMAIL_USE_SSL", False),
    "timeout": 10,
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="sfconnector@localhost")
if django.VERSION >= (6, 1):
    MAILERS = {
        "default": {
            "BACKEND": _MAIL["EMAIL_BACKEND"],
            "OPTIONS": _MAIL_OPTIONS if _MAIL["EMAIL_HOST"] else {},
        }
    }
else:
    EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
    EMAIL_HOST = _MAIL["EMAIL_HOST"] or "localhost"
    EMAIL_PORT = _MAIL["EMAIL_PORT"] or 25
    EMAIL_HOST_USER = _MAIL["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = _MAIL_OPTIONS["use_tls"]
    EMAIL_USE_SSL = _MAIL_OPTIONS["use_ssl"]
    EMAIL_TIMEOUT = _MAIL_OPTIONS["timeout"]

SFCONNECTOR = {
    "ENCRYPTION_KEYS": env.str("SFCONNECTOR_ENCRYPTION_KEYS", default=""),
    "DEV_KEY_FILE": str(BASE_DIR / ".sfconnector-dev.key"),
    "PUBLIC_URL": PUBLIC_URL,
    "DEPLOYMENT": env.str("SFCONNECTOR_DEPLOYMENT", default=""),
    "EXTRA_HOSTS": env.list("SFCONNECTOR_EXTRA_HOSTS", default=[]),
    "EMBEDDED_WORKER": CELERY_BROKER_URL.startswith("memory:"),
    "ROUNDS": env.bool("SFCONNECTOR_ROUNDS", default=False),
    "EXPECTED_WORKERS": env.int("SFCONNECTOR_EXPECTED_WORKERS", default=0),
    "ALERT_EMAILS": env.list("SFCONNECTOR_ALERT_EMAILS", default=[]),
    "ALERT_WEBHOOK_URL": env.str("SFCONNECTOR_ALERT_WEBHOOK_URL", default=""),
    "ALERT_WEBHOOK_SECRET": env.str("SFCONNECTOR_ALERT_WEBHOOK_SECRET", default=""),
    "PROBE_TOKEN": env.str("SFCONNECTOR_PROBE_TOKEN", default=""),
}
