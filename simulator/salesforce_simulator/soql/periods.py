"""Owns SOQL's date literals: which span of days each of them names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
PLAIN: Final = frozenset(
    {"TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"}
    | {f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in _UNITS}
)
COUNTED: Final = frozenset(
    {f"{which}_N_{unit}S" for which in ("LAST", "NEXT") for unit in (*_UNITS, "DAY")}
    | {f"N_{unit}S_AGO" for unit in (*_UNITS, "DAY")}
)


def period(name: str, number: int | None, *, today: date) -> tuple[date, date]:
    """Return the first day of a date literal and the first day after it.

    name is a member of PLAIN (number None) or of COUNTED. Weeks begin on Sunday,
    fiscal periods are calendar ones, as in an org in the United States that has
    not changed them. Source: "Date Formats and Date Literals", SOQL reference.
    """
    if number is None:
        return _plain(name, today)
    if name.endswith("_AGO"):
        unit = name.removeprefix("N_").removesuffix("S_AGO")
        return _shifted(unit, -number, today)
    which, _, rest = name.partition("_N_")
    unit = rest.removesuffix("S")
    if unit == "DAY":
        return _days(which, number, today)
    if which == "LAST":
        return _shifted(unit, -number, today)[0], _shifted(unit, 0, today)[0]
    return _shifted(unit, 1, today)[0], _shifted(unit, number, today)[1]


def _plain(name: str, today: date) -> tuple[date, date]:
    day = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}.get(name)
    if day is not None:
        return _shifted("DAY", day, today)
    if name == "LAST_90_DAYS":
        return _days("LAST", 90, today)
    if name == "NEXT_90_DAYS":
        return today, today + timedelta(days=91)
    which, _, unit = name.partition("_")
    return _shifted(unit, {"LAST": -1, "THIS": 0, "NEXT": 1}[which], today)


def _days(which: str, number: int, today: date) -> tuple[date, date]:
    """LAST_N_DAYS includes today, NEXT_N_DAYS begins tomorrow."""
    tomorrow = today + timedelta(days=1)
    if which == "LAST":
        return _bounded(today, -number), tomorrow
    return tomorrow, _bounded(tomorrow, number)


def _bounded(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def _shifted(unit: str, count: int, today: date) -> tuple[date, date]:
    if unit == "DAY":
        return _bounded(today, count), _bounded(today, count + 1)
    if unit == "WEEK":
        sunday = today - timedelta(days=(today.weekday() + 1) % 7)
        return _bounded(sunday, 7 * count), _bounded(sunday, 7 * count + 7)
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit.removeprefix("FISCAL_")]
    month = (today.month - 1) // months * months
    first = today.year * 12 + month + months * count
    return _month(first), _month(first + months)


def _month(months: int) -> date:
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    if year > 9999:
        return date.max
    return date(year, month + 1, 1)
