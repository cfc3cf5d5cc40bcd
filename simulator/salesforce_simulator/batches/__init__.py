"""Bulk API 1.0: jobs of batches, in CSV, JSON or XML."""

from __future__ import annotations

from salesforce_simulator.batches.errors import AsyncError
from salesforce_simulator.batches.jobs import Answer, Ask, BatchJobs

__all__ = ["Answer", "Ask", "AsyncError", "BatchJobs"]
