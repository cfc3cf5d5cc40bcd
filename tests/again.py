"""Which tests may be tried again: ``pytest --last-failed --again``, as CI does.

A test with the mark ``timing`` lets real processes race each other: it kills one at a
moment, or ends it within a time, and a machine that is busy with something else may let
another win. Any other test that fails has found something.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

MOST = 3
"""When more fail than this, no busy machine explains it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    about = f"try again, when only tests marked timing failed, at most {MOST}"
    parser.addoption("--again", action="store_true", help=about)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to try again what has to pass at once."""
    if session.config.getoption("again"):
        if refusal := refused(session.items):
            raise pytest.UsageError(refusal)
        session.config.stash[TRIED] = [one.nodeid for one in session.items]


def refused(items: Sequence[pytest.Item]) -> str:
    """Say why these tests are not tried again; an empty text when they are."""
    unmarked = [one.nodeid for one in items if not one.get_closest_marker("timing")]
    if unmarked:
        return f"Not tried again, for it is not marked timing: {', '.join(unmarked)}"
    if len(items) > MOST:
        return f"Not tried again: {len(items)} tests failed, and at most {MOST} may."
    return ""


TRIED = pytest.StashKey[list[str]]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name what was tried again, for the end of CI's log."""
    for name in config.stash.get(TRIED, []):
        terminalreporter.write_line(f"Tried again: {name}")
