"""Pretend orgs for tests, as the simulator's own package makes them."""

from __future__ import annotations

# isort: split
from salesforce_simulator.testing.orgs import OrgFactory, org_factory, org_process

__all__ = ["OrgFactory", "org_factory", "org_process"]
