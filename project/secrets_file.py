"""Writes a first ``.env`` with new random secrets; never touches an existing one."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from project.environment import ENV_FILE

TEMPLATE = """\
# Secrets of this machine, made at random. Keep this file private, and keep a copy of
# the encryption key: without it every org must be reconnected. See .env.example.
DJANGO_SECRET_KEY={secret_key}
SFCONNECTOR_ENCRYPTION_KEYS=k1:{encryption_key}
# Names this deployment, so that a copy of its database elsewhere is noticed.
SFCONNECTOR_DEPLOYMENT=local-{deployment}
"""


def write(path: Path = ENV_FILE) -> bool:
    """Create the file, readable by its owner alone; False when it exists already."""
    text = TEMPLATE.format(
        secret_key=secrets.token_urlsafe(48),
        encryption_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        deployment=secrets.token_hex(4),
    )
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


if __name__ == "__main__" and write():
    print(f"Wrote {ENV_FILE.name} with new random secrets.")  # noqa: T201 - it talks to a person
