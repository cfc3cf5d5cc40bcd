"""A setting that nobody reads: ``pytest -p tests.unread --unread RUNS_PER_ORG …``.

The app then sees its default, whatever a test sets: who relies on the setting fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sfconnector import conf


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.addoption("--unread", help="the key of SFCONNECTOR that is not read")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the key out of what the app is given."""
    name, given = config.getoption("unread"), conf.given

    def without() -> Mapping[str, Any]:
        return {key: value for key, value in given().items() if key != name}

    conf.given = without
