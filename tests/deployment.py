"""Runs Django's own checks as a deployment would see them: ``python -m tests.deployment``.

No migration may be missing, and ``check --deploy`` must find nothing at all under
production settings.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
import tempfile

from tests.environment import ROOT, of_a_process

COMMANDS = (
    ("migrate", "--noinput", "-v0"),
    ("makemigrations", "--check", "--dry-run"),
    ("check", "--deploy", "--fail-level", "WARNING"),
)


def production(folder: str) -> dict[str, str]:
    """Return the environment of a production site, with a database in ``folder``."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    values = {
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_DEBUG": "false",
        "DJANGO_ALLOWED_HOSTS": "crm.example.com",
        "DATABASE_URL": f"sqlite:///{folder}/check.sqlite3",
        "EMAIL_URL": "smtp+tls://site:word@mail.example.com:587",
        "CELERY_BROKER_URL": "redis://redis.example.com:6379/0",
        "SFCONNECTOR_ENCRYPTION_KEYS": f"k1:{key}",
        "SFCONNECTOR_PUBLIC_URL": "https://crm.example.com",
        "SFCONNECTOR_DEPLOYMENT": "production",
        "SFCONNECTOR_EXTRA_HOSTS": "",
    }
    return of_a_process(**values)


def main() -> int:
    """Run the commands one after the other; return the first status that is not 0."""
    with tempfile.TemporaryDirectory() as folder:
        environment = production(folder)
        for command in COMMANDS:
            done = subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                check=False,
            )
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
