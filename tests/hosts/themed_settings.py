"""The project with a theme of the admin, which the environment names as ``TEST_THEME``."""

from __future__ import annotations

from project.settings import *  # noqa: F403 - settings build on settings
from project.settings import INSTALLED_APPS as _APPS
from project.settings import MIDDLEWARE as _MIDDLEWARE
from project.settings import env

INSTALLED_APPS = [env.str("TEST_THEME"), *_APPS]
# Themes have scripts in their pages, which the project's policy forbids.
MIDDLEWARE = [one for one in _MIDDLEWARE if "security_policy" not in one.lower()]
MIDDLEWARE = [one for one in MIDDLEWARE if "csp" not in one.lower()]
JAZZMIN_SETTINGS = {"use_google_fonts_cdn": False}
