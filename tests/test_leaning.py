"""What leans on the insides of a library, and the versions for which it was looked at.

A version that is not named here may well work. Before it is named, look at the lines
that ``USED`` points to, run the tests beside them, and try both ends of the range.
"""

from __future__ import annotations

import http.client
import io
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

ROOT = Path(__file__).resolve().parent.parent
LOOKED_AT = {
    "urllib3": ((2, 2), (2, 8)),
    "requests": ((2, 32), (2, 34)),
    "celery": ((5, 5), (5, 7)),
}
"""First and last minor version for which the tests of these lines passed."""
USED = {
    "urllib3": "salesforce/transport/deadline.py and body_reading.py",
    "requests": "salesforce/transport/deadline.py and session.py",
    "celery": "embedded.py",
}


@pytest.mark.parametrize("name", LOOKED_AT)
def test_the_installed_version_was_looked_at(name: str) -> None:
    first, last = LOOKED_AT[name]
    installed = tuple(int(part) for part in version(name).split(".")[:2])
    assert first <= installed <= last, f"look at {USED[name]}"


@pytest.mark.parametrize("name", LOOKED_AT)
def test_the_package_asks_for_no_older_version(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    [asked] = [
        found
        for one in project["dependencies"]
        if (found := re.fullmatch(rf"{name}>=(\d+)\.(\d+)", one))
    ]
    assert (int(asked[1]), int(asked[2])) == LOOKED_AT[name][0]


def test_the_hooks_of_the_deadline_are_where_they_were() -> None:
    assert HTTPConnection.response_class is http.client.HTTPResponse
    assert HTTPConnectionPool.ConnectionCls is HTTPConnection
    assert set(PoolManager().pool_classes_by_scheme) == {"http", "https"}
    assert hasattr(ProxyManager("http://127.0.0.1:1"), "pool_classes_by_scheme")
    assert isinstance(HTTPAdapter().poolmanager, PoolManager)
    assert HTTPResponse(io.BytesIO(b"x"), preload_content=False).read1(1) == b"x"


def test_the_hooks_of_the_embedded_worker_are_where_they_were() -> None:
    assert callable(EmbeddedService)
    assert Scheduler.__module__ == "celery.beat"
    taken = WorkController.setup_instance.__code__.co_varnames
    assert {"ready_callback", "pidfile"} <= set(taken)
