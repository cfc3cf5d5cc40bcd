"""The rows a simulated org starts with."""

from __future__ import annotations

from salesforce_simulator.seed.seeder import DEFAULT_RECORDS, EMPTY_RECORDS, Seeder

__all__ = ["DEFAULT_RECORDS", "EMPTY_RECORDS", "Seeder"]
