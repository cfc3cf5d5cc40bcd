"""A pretend org, and receivers that are forgotten after each test."""

from __future__ import annotations

from typing import Any

import pytest

from sfconnector.hooks import receiving, registering
from tests.sync.conftest import hasty, org, plan, simulated

__all__ = ["hasty", "org", "plan", "simulated"]


@pytest.fixture(autouse=True)
def receivers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Those of this test alone."""
    known: dict[str, Any] = {}
    monkeypatch.setattr(receiving, "_receivers", known)
    monkeypatch.setattr(registering, "_tasks", {})
    return known
