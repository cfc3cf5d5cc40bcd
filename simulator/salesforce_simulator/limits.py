"""What the org may still do today, ``/limits`` and ``Sforce-Limit-Info``."""

from __future__ import annotations

import threading
from typing import Any

from salesforce_simulator import data

_PLAIN: dict[str, int] = data.read("limits")
"""The allowances of a Developer Edition org, by the names that ``/limits`` uses."""


class Limits:
    """The org's counters. ``daily_api_requests`` is the rolling day's allowance."""

    def __init__(self, *, daily_api_requests: int = 100_000) -> None:
        self.daily_api_requests = daily_api_requests
        self.used = 0
        self.enforced = True
        self.spent: dict[str, int] = {}
        """Use of the other limits by name, e.g. ``DailyBulkV2QueryJobs``."""
        self._lock = threading.Lock()

    def spend(self, calls: int = 1) -> bool:
        """Count API calls; False when the day's allowance is used up."""
        with self._lock:
            if self.enforced and self.used >= self.daily_api_requests:
                return False
            self.used += calls
            return True

    def exhaust(self) -> None:
        """Use up the day's API calls."""
        self.used = self.daily_api_requests

    def note(self, name: str, amount: int = 1) -> None:
        """Count use of another limit, e.g. ``DailyBulkV2QueryJobs``."""
        with self._lock:
            self.spent[name] = self.spent.get(name, 0) + amount

    def reset(self) -> None:
        """Start a new day."""
        self.used = 0
        self.spent.clear()

    @property
    def info(self) -> str:
        """The value of ``Sforce-Limit-Info``."""
        return f"api-usage={self.used}/{self.daily_api_requests}"

    def as_json(self) -> dict[str, Any]:
        """The body of ``GET /limits``."""
        values: dict[str, Any] = {
            name: {"Max": most, "Remaining": most - self.spent.get(name, 0)}
            for name, most in _PLAIN.items()
        }
        values["DailyApiRequests"] = {
            "Max": self.daily_api_requests,
            "Remaining": self.daily_api_requests - self.used,
        }
        values["PermissionSets"] = {
            "Max": 1500,
            "Remaining": 1498,
            "CreateCustom": {"Max": 1000, "Remaining": 998},
        }
        return dict(sorted(values.items()))
