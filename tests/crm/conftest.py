"""As tests of the hooks: receivers are forgotten after each test."""

from __future__ import annotations

from tests.hooks.conftest import org, plan, receivers, simulated

__all__ = ["org", "plan", "receivers", "simulated"]
