"""Settings for the tests: the project's own, with keys and a database of their own.

``DATABASE_URL`` chooses the database; without it SQLite in a file, as in production,
because threads that share a database in memory lock each other out.
"""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("DATABASE_URL", "sqlite:///unused.sqlite3")
os.environ["DJANGO_DEBUG"] = "false"
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ["SFCONNECTOR_PUBLIC_URL"] = "http://testserver"

from project.settings import *  # noqa: F403 - settings build on settings
from project.settings import DATABASES
from project.settings import SFCONNECTOR as _PROJECT

SFCONNECTOR = {
    **_PROJECT,
    "ENCRYPTION_KEYS": "t1:" + base64.b64encode(b"\x01" * 31 + b"\x02").decode(),
    "DEV_KEY_FILE": "",
    "DEPLOYMENT": "",
    "EXTRA_HOSTS": ["127.0.0.1", "localhost"],
    "EMBEDDED_WORKER": True,
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    _FOLDER = Path(tempfile.gettempdir())
    DATABASES["default"]["TEST"] = {
        "NAME": str(_FOLDER / f"sfconnector-test-{os.getpid()}.sqlite3")
    }
DATABASES["default"]["CONN_MAX_AGE"] = 0
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {"version": 1, "disable_existing_loggers": False}
WHITENOISE_AUTOREFRESH = True
