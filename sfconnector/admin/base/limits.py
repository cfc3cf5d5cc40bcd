"""Lines of an org's ``/limits`` answer: what is used of what."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

WORD = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z][a-z\d]*|[a-z\d]+")
"""A word of a name that is written in one, such as ``PredictAPICalls``."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One line of an org's ``/limits`` answer."""

    name: str
    used: int
    maximum: int

    @property
    def words(self) -> str:
        """Return the name in words: ``DailyApiRequests`` is “Daily API requests”."""
        words = WORD.findall(self.name) or [self.name]
        shown = [one if one.isupper() else one.lower() for one in words]
        told = " ".join("API" if one == "api" else one for one in shown)
        return told[:1].upper() + told[1:]

    @property
    def share(self) -> float:
        """Return the used part, 0 to 1."""
        return self.used / self.maximum if self.maximum else 0.0


def limits_in(told: Any) -> list[Limit]:
    """Return the limits that have a maximum, the fullest first.

    ``told`` is the answer of ``/limits`` as it came, or as an org's row keeps it, with
    its names in small letters. Anything else has none.
    """
    found = list(_limits(told)) if isinstance(told, dict) else []
    return sorted(found, key=lambda limit: (-limit.share, limit.name))


def _limits(told: dict[str, Any]) -> Iterator[Limit]:
    for name, one in told.items():
        if not isinstance(one, dict):
            continue
        maximum = one.get("Max", one.get("max"))
        remaining = one.get("Remaining", one.get("remaining"))
        if isinstance(maximum, int) and isinstance(remaining, int) and maximum > 0:
            yield Limit(name=name, used=max(0, maximum - remaining), maximum=maximum)
