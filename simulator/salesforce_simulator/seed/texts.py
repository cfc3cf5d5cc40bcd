"""What people write into text fields, including what breaks careless readers."""

from __future__ import annotations

from typing import Final

from salesforce_simulator import data

_TABLE: Final = data.read("texts")
COMPANY_NOTES: Final[tuple[str, ...]] = tuple(_TABLE["company_notes"])
CASE_SUBJECTS: Final[tuple[str, ...]] = tuple(_TABLE["case_subjects"])
TASK_SUBJECTS: Final[tuple[str, ...]] = tuple(_TABLE["task_subjects"])
EVENT_SUBJECTS: Final[tuple[str, ...]] = tuple(_TABLE["event_subjects"])
NEXT_STEPS: Final[tuple[str, ...]] = tuple(_TABLE["next_steps"])
DEALS: Final[tuple[str, ...]] = tuple(_TABLE["deals"])
AWKWARD: Final[tuple[str, ...]] = tuple(_TABLE["awkward"])
LONG: Final[str] = _TABLE["long"]
"""A paragraph; long texts repeat it."""
