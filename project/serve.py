"""Serves the site: one process by itself, or the whole Procfile when a broker is named.

Used by ``make run``; a platform that reads the Procfile does not need it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import django
import environ
from django.conf import settings

BIN = Path(sys.executable).parent


def prepare() -> None:
    """Bring tables and static files up to date, as the release process does."""
    for command in (("migrate",), ("collectstatic",)):
        arguments = [sys.executable, "manage.py", *command, "--noinput", "-v0"]
        subprocess.run(arguments, check=True)  # noqa: S603 - our own command line


def command_line(*, broker_url: str, port: str) -> list[str]:
    """Return what to run: gunicorn with the embedded worker, or honcho."""
    if broker_url.startswith("memory:"):
        bind = ["--bind", f"127.0.0.1:{port}"]
        return [str(BIN / "gunicorn"), "project.wsgi", "--workers", "1", *bind]
    # What .env says is in our environment already, and what the environment says wins.
    return [str(BIN / "honcho"), "-e", os.devnull, "start", "web", "worker", "beat"]


def main() -> None:
    """Replace this process by the server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    port = os.environ.setdefault("PORT", "8000")
    environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")
    os.environ.setdefault("SFCONNECTOR_PUBLIC_URL", f"http://127.0.0.1:{port}")
    django.setup()
    prepare()
    arguments = command_line(broker_url=settings.CELERY_BROKER_URL, port=port)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own command line


if __name__ == "__main__":
    main()
