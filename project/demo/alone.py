"""One demo in a folder at a time: two would share a database and a worker's work."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError


@contextmanager
def alone(path: Path, *, told: str) -> Iterator[None]:
    """Hold a file until the block ends; a process that dies lets go of it by itself.

    ``told`` is what a second demo says about the one that runs. Raises CommandError
    when there is one.
    """
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise CommandError(
                f"A demo already runs in this folder: {file.read().strip()}. Use that "
                "one, or stop it with Ctrl-C. A second one needs a folder of its own."
            ) from error
        file.truncate(0)
        file.write(f"{told}\n")
        file.flush()
        yield
