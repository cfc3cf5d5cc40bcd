"""The environment of tests, and of the processes that they start: nothing of the outside.

The shell, or a ``.env`` that ``make demo`` wrote, may speak of another site: its keys,
its broker, its name. Only what names the servers to test with is let in.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVERS = {"DATABASE_URL", "POSTGRESQL_URL", "REDIS_URL"}
"""What a person may choose; ``CI`` too, which is no setting of a site."""
_STARTS = (
    *("DJANGO_", "SFCONNECTOR_", "CELERY_", "DATABASE_", "EMAIL_", "DEFAULT_FROM_"),
    *("GUNICORN_", "OAUTHLIB_", "REMAP_"),
)
_NAMES = {"PORT", "WEB_CONCURRENCY"}
_OF_A_TEST_RUN = ("PYTEST_", "COV")
_ALONE = {
    "DJANGO_ENV_FILE": "",
    # What a demo or a release collected is not what the tests serve.
    "DJANGO_STATIC_ROOT": str(
        Path(tempfile.gettempdir()) / "sfconnector-not-collected"
    ),
}


def is_of_a_site(name: str) -> bool:
    """Say whether a variable sets something of a site, as opposed to the machine."""
    return name not in SERVERS and (name in _NAMES or name.startswith(_STARTS))


def shut_out() -> None:
    """Take from this process, and so from its children, what is of another site."""
    for name in filter(is_of_a_site, list(os.environ)):
        if name != "DJANGO_SETTINGS_MODULE":
            del os.environ[name]
    os.environ.update(_ALONE)


def of_a_process(**values: str) -> dict[str, str]:
    """Return the environment of a process that a test starts: ``values`` set its site."""
    machine = {
        name: value
        for name, value in os.environ.items()
        if not is_of_a_site(name) and not name.startswith(_OF_A_TEST_RUN)
    }
    return {**machine, **_ALONE, "PYTHONPATH": str(ROOT), **values}
