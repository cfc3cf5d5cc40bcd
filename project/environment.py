"""Where the project's settings come from: the environment and a ``.env`` file."""

from __future__ import annotations

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / ".env"


def read_env_file() -> None:
    """Add what the ``.env`` file says to the environment, which wins over the file.

    ``DJANGO_ENV_FILE`` names another file; when it is empty, no file is read.
    """
    path = os.environ.get("DJANGO_ENV_FILE", str(ENV_FILE))
    if path:
        environ.Env.read_env(path)


def env_path() -> Path | None:
    """Return the ``.env`` file that is read, None when none is."""
    path = os.environ.get("DJANGO_ENV_FILE", str(ENV_FILE))
    return Path(path) if path else None
