"""Settings for the tests: the project's own, with keys and a database of their own.

``DATABASE_URL`` chooses the database; without it SQLite in a file, as in production,
because threads that share a database in memory lock each other out.
"""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

from tests import environment, mysql_driver

environment.shut_out()
os.environ["DJANGO_SECRET_KEY"] = "tests-only-" + "k" * 50
os.environ.setdefault("DATABASE_URL", "sqlite:///unused.sqlite3")
os.environ["DJANGO_DEBUG"] = "false"
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ["SFCONNECTOR_PUBLIC_URL"] = "http://testserver"

# The project reads the environment when it is imported: after the outside is shut out.
from project import settings as _project  # noqa: E402 - see above
from project.settings import *  # noqa: E402, F403 - settings build on settings

DATABASES = _project.DATABASES
mysql_driver.install_for(DATABASES["default"]["ENGINE"])
INSTALLED_APPS = [*_project.INSTALLED_APPS, "tests.emptying", "tests.crm"]
SFCONNECTOR = {
    **_project.SFCONNECTOR,
    "ENCRYPTION_KEYS": "t1:" + base64.b64encode(b"\x01" * 31 + b"\x02").decode(),
    "DEV_KEY_FILE": "",
    "DEPLOYMENT": "",
    "EXTRA_HOSTS": ["127.0.0.1", "localhost"],
    "EMBEDDED_WORKER": True,
    "PROBE_TOKEN": "the probe's token",
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
