"""How Sphinx builds these pages: ``make docs``."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "simulator")]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "project.settings",
    "DJANGO_ENV_FILE": "",
    "DJANGO_SECRET_KEY": "only-to-read-docstrings",
    "DATABASE_URL": "sqlite:///:memory:",
    "SFCONNECTOR_ENCRYPTION_KEYS": "d1:" + base64.b64encode(bytes(32)).decode(),
}

import django

django.setup()

from sfconnector import __version__

project = "sfconnector"
author = "the sfconnector maintainers"
copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
exclude_patterns = ["_build"]
autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
# Names of the standard library and of Django are no pages of ours.
nitpicky = False

html_theme = "furo"
html_title = f"sfconnector {release}"
html_static_path: list[str] = []
