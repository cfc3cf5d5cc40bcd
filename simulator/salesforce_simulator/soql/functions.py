"""Owns SOQL's functions of one value: of dates, and of the way values are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from salesforce_simulator.schema.fields import Field

Function = Callable[[Any, Field | None], Any]


def _day(value: str) -> date:
    return date.fromisoformat(value[:10])


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _week_in_year(day: date) -> int:
    """Week 1 is January 1 to 7, whatever weekday the year begins on."""
    return (day.timetuple().tm_yday - 1) // 7 + 1


DATE_FUNCTIONS: Final[dict[str, tuple[str, Function]]] = {
    "CALENDAR_MONTH": ("int", lambda v, _: _day(v).month),
    "CALENDAR_QUARTER": ("int", lambda v, _: (_day(v).month + 2) // 3),
    "CALENDAR_YEAR": ("int", lambda v, _: _day(v).year),
    "DAY_IN_MONTH": ("int", lambda v, _: _day(v).day),
    "DAY_IN_WEEK": ("int", lambda v, _: _day(v).isoweekday() % 7 + 1),
    "DAY_IN_YEAR": ("int", lambda v, _: _day(v).timetuple().tm_yday),
    "DAY_ONLY": ("date", lambda v, _: v[:10]),
    "FISCAL_MONTH": ("int", lambda v, _: _day(v).month),
    "FISCAL_QUARTER": ("int", lambda v, _: (_day(v).month + 2) // 3),
    "FISCAL_YEAR": ("int", lambda v, _: _day(v).year),
    "HOUR_IN_DAY": ("int", lambda v, _: _moment(v).hour),
    "WEEK_IN_MONTH": ("int", lambda v, _: (_day(v).day - 1) // 7 + 1),
    "WEEK_IN_YEAR": ("int", lambda v, _: _week_in_year(_day(v))),
}
"""Name of the function to the type of its result and what it does with a value.

Days are those of UTC, Salesforce's own default; convertTimezone is accepted and
leaves UTC as it is.
"""


def _label(value: Any, field: Field | None) -> Any:
    if field is None or not field.picklist:
        return value
    labels = {entry.value: entry.label or entry.value for entry in field.picklist}
    return ";".join(labels.get(part, part) for part in str(value).split(";"))


def _formatted(value: Any, field: Field | None) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        scale = field.scale if field is not None else 0
        return f"{value:,.{scale}f}"
    return str(value)


VALUE_FUNCTIONS: Final[dict[str, Function]] = {
    "TOLABEL": _label,
    "FORMAT": _formatted,
    "CONVERTCURRENCY": lambda v, _: v,
    "CONVERTTIMEZONE": lambda v, _: v,
}
