"""Owns the part of a condition that the store's order answers without a scan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from salesforce_simulator import ids
from salesforce_simulator.soql.ast import (
    Compare,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
)
from salesforce_simulator.soql.operators import constant, span

_MOST = 2_000
_OPERATORS = frozenset({"=", "IN", "<", "<=", ">", ">="})
_NEXT = "\0"
"""Appended to a text, this gives the next greater one."""


class Segment(NamedTuple):
    """Values from low up to, not including, high; None is no bound.

    residual is what rows in between still have to pass.
    """

    low: str | None
    high: str | None
    residual: Condition | None


Ranges = Callable[[Compare], list[Segment] | None]
EVERYTHING = Segment(None, None, None)


def segments(condition: Condition | None, ranges: Ranges) -> list[Segment]:
    """Split condition by one field into ascending segments that do not overlap.

    ranges gives the segments of a comparison with that field, and None for any
    other comparison.
    """
    if condition is None:
        return [EVERYTHING]
    if isinstance(condition, Compare):
        found = ranges(condition)
        return found if found is not None else [Segment(None, None, condition)]
    if isinstance(condition, Negation):
        return [Segment(None, None, condition)]
    parts = [segments(one, ranges) for one in condition.conditions]
    if isinstance(condition, Conjunction):
        return _product(parts, condition)
    return _union(parts, condition)


def _product(parts: list[list[Segment]], condition: Condition) -> list[Segment]:
    result = [EVERYTHING]
    for part in parts:
        if len(result) * len(part) > _MOST:
            return [Segment(None, None, condition)]
        crossed = [_intersection(a, b) for a in result for b in part]
        result = [one for one in crossed if not _empty(one)]
    return result


def _intersection(a: Segment, b: Segment) -> Segment:
    lows = [low for low in (a.low, b.low) if low is not None]
    highs = [high for high in (a.high, b.high) if high is not None]
    residuals = tuple(one for one in (a.residual, b.residual) if one is not None)
    residual: Condition | None = residuals[0] if residuals else None
    if len(residuals) == 2:
        residual = Conjunction(residuals)
    return Segment(max(lows) if lows else None, min(highs) if highs else None, residual)


def _empty(one: Segment) -> bool:
    return one.low is not None and one.high is not None and one.low >= one.high


def _union(parts: list[list[Segment]], condition: Disjunction) -> list[Segment]:
    every = sorted((one for part in parts for one in part), key=_start)
    if all(not _overlap(a, b) for a, b in pairwise(every)):
        return every
    highs = [one.high for one in every]
    known = [high for high in highs if high is not None]
    high = max(known) if len(known) == len(highs) else None
    return [Segment(every[0].low, high, condition)]


def _start(one: Segment) -> str:
    return one.low or ""


def _overlap(a: Segment, b: Segment) -> bool:
    return a.high is None or b.low is None or a.high > b.low


def compared(condition: Compare, *, kind: str, now: datetime) -> list[Segment] | None:
    """Return the segments of a comparison with an id or a datetime field.

    None when the order of values does not answer it. kind is ``id`` or ``datetime``.
    """
    if condition.query is not None or condition.operator not in _OPERATORS:
        return None
    bounds = [_bounds(one, kind=kind, now=now) for one in condition.values]
    known = [one for one in bounds if one is not None]
    if len(known) != len(bounds):
        return None
    if condition.operator in ("=", "IN"):
        points = [Segment(low, high, None) for low, high in sorted(set(known))]
        overlap = any(_overlap(a, b) for a, b in pairwise(points))
        return None if overlap else points
    low, high = known[0]
    return {
        "<": [Segment(None, low, None)],
        "<=": [Segment(None, high, None)],
        ">": [Segment(high, None, None)],
        ">=": [Segment(low, None, None)],
    }[condition.operator]


def _bounds(literal: Literal, *, kind: str, now: datetime) -> tuple[str, str] | None:
    """Return the first value a literal stands for and the first one after it."""
    if constant(literal) is None:
        return None
    if literal.kind == "period":
        low, high = span(literal, kind=kind, now=now)
        return low, high
    value = ids.to18(literal.value[:15]) if kind == "id" else literal.value
    return value, value + _NEXT
