"""Settings for the tests: the project's own, with keys of their own."""

from __future__ import annotations

import base64
import os

os.environ.setdefault("DJANGO_SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("DJANGO_DEBUG", "false")
os.environ["SFCONNECTOR_PUBLIC_URL"] = "http://testserver"

from project.settings import *  # noqa: F403
from project.settings import SFCONNECTOR as _PROJECT

SFCONNECTOR = {
    **_PROJECT,
    "ENCRYPTION_KEYS": "t1:" + base64.b64encode(b"\x01" * 31 + b"\x02").decode(),
    "DEV_KEY_FILE": "",
    "EXTRA_HOSTS": ["127.0.0.1", "localhost"],
    "EMBEDDED_WORKER": True,
}
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "memory://"
