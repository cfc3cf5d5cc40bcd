"""The demo's lines in ``.env``, so that commands in a second shell find its orgs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from project.environment import BASE_DIR

FIRST = "# “make demo” wrote this and writes it anew; what stands elsewhere is yours."
LAST = "# End of what “make demo” wrote."
BLOCK = re.compile(rf"\n?{re.escape(FIRST)}\n.*?{re.escape(LAST)}\n", re.DOTALL)
NAME = re.compile(r"^(?:export\s+)?([A-Z_]+)=", re.MULTILINE)
OURS = ("DJANGO_", "SFCONNECTOR_", "CELERY_", "DATABASE_", "EMAIL_")
EXAMPLE = BASE_DIR / ".env.example"


def write(path: Path, values: Mapping[str, str]) -> list[str]:
    """Put the demo's lines at the end of the file; every other line stays as it is.

    Returns the names that the file sets itself, where the first line of a name wins.
    """
    own = _own_text(path)
    lines = [f"{name}={value}" for name, value in values.items()]
    _replace(path, own + "\n".join(["", FIRST, *lines, LAST, ""]))
    return [name for name in values if name in NAME.findall(own)]


def unknown_names(path: Path) -> list[str]:
    """Return the settings in the file that this version does not read."""
    example = EXAMPLE.read_text(encoding="utf-8").replace("# ", "")
    known = set(NAME.findall(example))
    own = NAME.findall(_own_text(path))
    return [name for name in own if name.startswith(OURS) and name not in known]


def _own_text(path: Path) -> str:
    if not path.exists():
        return ""
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    return text if not text or text.endswith("\n") else f"{text}\n"


def _replace(path: Path, text: str) -> None:
    """Write all or nothing: a file cut short would lose the encryption key."""
    target = path.resolve()
    draft = target.with_name(f"{target.name}.draft")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.truncate()
        file.write(text)
    if target.exists():
        shutil.copymode(target, draft)
    draft.replace(target)
