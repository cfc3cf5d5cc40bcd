"""Bulk API 2.0: query and ingest jobs of a simulated org."""

from __future__ import annotations

from salesforce_simulator.bulk.asking import Answer, Ask, BulkError, Caller
from salesforce_simulator.bulk.job import Pace
from salesforce_simulator.bulk.jobs import Jobs

__all__ = ["Answer", "Ask", "BulkError", "Caller", "Jobs", "Pace"]
