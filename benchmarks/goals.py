"""What was aimed at, and how far each measurement is from it."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable
from typing import Any

Sample = dict[str, Any]
Samples = dict[str, list[Sample]]
Compare = Callable[[Samples], list[float]]
KINDS = ("postgresql", "sqlite")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A row of the table: what is compared, and the bound for each database."""

    text: str
    values: Compare
    """One value per repeat."""
    bounds: tuple[float, float] | None
    """For PostgreSQL and for SQLite; None where the figure is only stated."""
    at_least: bool = False
    unit: str = "x"

    def judge(self, kind: str, samples: Samples) -> dict[str, Any] | None:
        """Return median, least, most and the verdict; None when not measured."""
        values = self.values(samples)
        if not values:
            return None
        median = statistics.median(values)
        goal, met = self._verdict(kind, median)
        return {
            "what": self.text,
            "database": kind,
            "median": round(median, 3),
            "least": round(min(values), 3),
            "most": round(max(values), 3),
            "unit": self.unit,
            "goal": goal,
            "met": met,
        }

    def _verdict(self, kind: str, median: float) -> tuple[str, bool | None]:
        if self.bounds is None:
            return "", None
        bound = self.bounds[KINDS.index(kind)]
        if self.at_least:
            return f">= {bound:g}", median >= bound
        return f"<= {bound:g}", median <= bound


def seconds(over: str, under: str) -> Compare:
    """Divide the seconds of one measurement by those of its neighbour, per repeat."""

    def compare(samples: Samples) -> list[float]:
        pairs = zip(samples.get(over, []), samples.get(under, []), strict=False)
        return [above["seconds"] / below["seconds"] for above, below in pairs]

    return compare


def memory(name: str, fewer: str = "") -> Compare:
    """Give peak memory in MB, or divide it by that of a run over a quarter."""

    def compare(samples: Samples) -> list[float]:
        peaks = [one["peak_mb"] for one in samples.get(name, [])]
        if not fewer:
            return peaks
        below = [one["peak_mb"] for one in samples.get(fewer, [])]
        return [peak / statistics.median(below) for peak in peaks] if below else []

    return compare


def _written_for_nothing(samples: Samples) -> list[float]:
    return [
        float(abs(_written(one) - one["changed"]))
        for one in samples.get("full, 1 % changed", [])
    ]


def _calls(samples: Samples) -> list[float]:
    return [float(one["result"]["api_calls"]) for one in samples.get("nothing new", [])]


def _rows(samples: Samples) -> list[float]:
    return [float(_written(one)) for one in samples.get("nothing new", [])]


def _written(one: Sample) -> int:
    return sum(int(one["result"][name]) for name in ("created", "updated", "deleted"))


GOALS = (
    Goal(
        text="full REST: the peer takes so many times as long",
        values=seconds("peer, full", "full"),
        bounds=(9, 5),
        at_least=True,
    ),
    Goal(
        text="full Bulk: the peer's bulk2 takes so many times as long",
        values=seconds("peer, bulk", "bulk, full"),
        bounds=(8, 3),
        at_least=True,
    ),
    Goal(
        text="full REST / writing ready rows",
        values=seconds("full", "write ready rows"),
        bounds=(1.15, 1.35),
    ),
    Goal(
        text="150 ms per request: full REST / reading the bytes",
        values=seconds("150 ms: full", "150 ms: read the bytes"),
        bounds=(1.10, 1.10),
    ),
    Goal(
        text="peak memory, REST: all / a quarter of the records",
        values=memory("full", "a quarter"),
        bounds=(1.15, 1.15),
    ),
    Goal(
        text="peak memory, Bulk: all / a quarter of the records",
        values=memory("bulk, full", "bulk, a quarter"),
        bounds=(1.2, 1.2),
    ),
    Goal(
        text="peak memory, REST",
        values=memory("full"),
        bounds=(200, 200),
        unit="MB",
    ),
    Goal(
        text="peak memory, Bulk",
        values=memory("bulk, full"),
        bounds=(200, 200),
        unit="MB",
    ),
    Goal(
        text="nothing changed, full: / reading the bytes",
        values=seconds("full, nothing changed", "read the bytes"),
        bounds=(1.25, 1.25),
    ),
    Goal(
        text="nothing changed, full: the peer takes so many times as long",
        values=seconds("peer, full again", "full, nothing changed"),
        bounds=(35, 15),
        at_least=True,
    ),
    Goal(
        text="1 % changed, full: rows written too many or too few",
        values=_written_for_nothing,
        bounds=(0, 0),
        unit="rows",
    ),
    Goal(
        text="nothing new, incremental: data requests",
        values=_calls,
        bounds=(1, 1),
        unit="",
    ),
    Goal(
        text="nothing new, incremental: rows written",
        values=_rows,
        bounds=(0, 0),
        unit="rows",
    ),
    Goal(
        text="8 orgs at 100 ms: one after another / together",
        values=seconds("8 orgs: one after another", "8 orgs: together"),
        bounds=(3, 3),
        at_least=True,
    ),
    Goal(
        text="typed: 50 rows by an indexed field, ten fields / a table by hand",
        values=seconds("typed: 50 found", "by hand: 50 found"),
        bounds=(1.5, 1.5),
    ),
    Goal(
        text="typed: the same with all columns / a table by hand",
        values=seconds("typed: 50 whole", "by hand: 50 whole"),
        bounds=(1.5, 1.5),
    ),
    Goal(
        text="typed: join of 10,000 host rows / a table by hand",
        values=seconds("typed: join", "by hand: join"),
        bounds=(1.5, 1.5),
    ),
    Goal(
        text="typed: all records by month / a table by hand",
        values=seconds("typed: by month", "by hand: by month"),
        bounds=None,
    ),
    Goal(
        text="a fetch with a typed view / without one",
        values=seconds("fetch with a view", "fetch without a view"),
        bounds=(1.05, 1.05),
    ),
)
"""The table of the requirement, row by row."""


def judged(results: dict[str, Samples]) -> list[dict[str, Any]]:
    """Return the rows of the table for every database that was measured."""
    found = [
        goal.judge(kind, results[kind])
        for goal in GOALS
        for kind in KINDS
        if kind in results
    ]
    return [row for row in found if row is not None]
