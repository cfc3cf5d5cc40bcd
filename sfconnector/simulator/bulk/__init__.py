"""Bulk API 2.0: query and ingest jobs of a simulated org."""

from __future__ import annotations

from sfconnector.simulator.bulk.answers import Answer, Ask, BulkError, Caller
from sfconnector.simulator.bulk.job import Pace
from sfconnector.simulator.bulk.jobs import Jobs

__all__ = ["Answer", "Ask", "BulkError", "Caller", "Jobs", "Pace"]
