"""The rows a simulated org starts with."""

from __future__ import annotations

from sfconnector.simulator.seed.seeder import DEFAULT_RECORDS, Seeder

__all__ = ["DEFAULT_RECORDS", "Seeder"]
