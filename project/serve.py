"""Serves the site: one process by itself, or the whole Procfile when a broker is named.

Used by ``make run``; a platform that reads the Procfile does not need it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.contrib.auth import get_user_model

from project import ports
from project.environment import read_env_file

BIN = Path(sys.executable).parent


def prepare() -> None:
    """Bring tables and static files up to date, as the release process does."""
    for command in (("migrate",), ("collectstatic",)):
        arguments = [sys.executable, "manage.py", *command, "--noinput", "-v0"]
        subprocess.run(arguments, check=True)  # noqa: S603 - our own command line


def refuse_a_taken(port: str) -> None:
    """Stop before anything is done when the server could not listen there."""
    if not port.isdecimal():
        sys.exit(f"PORT={port} is no port. Use this: make run PORT=8000")
    reason = ports.fault(int(port))
    if reason:
        sys.exit(ports.refusal(int(port), reason, target="run"))


def hints(*, public_url: str, port: str) -> Iterator[str]:
    """Yield what the person who starts the site should know before it is served."""
    named = urlsplit(public_url)
    if named.hostname in {"127.0.0.1", "localhost"} and str(named.port) != port:
        yield (
            f"SFCONNECTOR_PUBLIC_URL is {public_url}, but this is port {port}: orgs "
            f"connect when it is http://127.0.0.1:{port}, or with: "
            f"make run PORT={named.port}"
        )
    if not get_user_model().objects.filter(is_staff=True, is_active=True).exists():
        python = os.path.relpath(sys.executable)
        yield (
            "Nobody can log in yet. In a second shell, in this folder: "
            f"{python} manage.py createsuperuser"
        )


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
    refuse_a_taken(port)
    read_env_file()
    os.environ.setdefault("SFCONNECTOR_PUBLIC_URL", f"http://127.0.0.1:{port}")
    django.setup()
    prepare()
    for sentence in hints(public_url=settings.PUBLIC_URL, port=port):
        print(sentence, file=sys.stderr)  # noqa: T201 - it talks to a person
    arguments = command_line(broker_url=settings.CELERY_BROKER_URL, port=port)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own command line


if __name__ == "__main__":
    main()
