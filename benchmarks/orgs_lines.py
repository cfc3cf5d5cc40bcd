"""The table of the suite of many orgs: figure, goal, met or missed."""

from __future__ import annotations

from typing import Any, NamedTuple


class Line(NamedTuple):
    """One row of the table."""

    name: str
    figure: float
    goal: str = ""
    is_met: bool | None = None
    """None where there is no goal."""


def at_most(name: str, figure: float, goal: float) -> Line:
    """Return the line of a figure that is to be small."""
    return Line(name, figure, f"<= {goal:g}", figure <= goal)


def at_least(name: str, figure: float, goal: float) -> Line:
    """Return the line of a figure that is to be large."""
    return Line(name, figure, f">= {goal:g}", figure >= goal)


def report(results: dict[str, list[Line]], *, title: str) -> str:
    """Return a table per database."""
    lines = []
    for kind, found in results.items():
        lines += ["", f"{kind}: {title}"]
        for one in found:
            said = {True: "met", False: "MISSED", None: ""}[one.is_met]
            lines.append(
                f"  {one.name:<58}{one.figure:>9.2f}{one.goal:>9}  {said}".rstrip()
            )
    return "\n".join(lines) + "\n" if lines else ""


def as_json(results: dict[str, list[Line]]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines as JSON has them."""
    return {kind: [one._asdict() for one in found] for kind, found in results.items()}
