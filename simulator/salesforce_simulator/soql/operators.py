"""Owns SOQL's comparisons: what each operator means for each type of field."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Final

from salesforce_simulator import ids
from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.schema.fields import NUMBERS
from salesforce_simulator.soql.ast import Literal
from salesforce_simulator.soql.periods import period

Test = Callable[[Any], bool]
Span = tuple[Any, Any]

_ORDERING: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_EQUALS = frozenset({"=", "!=", "IN", "NOT IN"})
_COMPARES = _EQUALS | frozenset(_ORDERING)
OPERATORS: Final = {
    "id": _COMPARES,
    "boolean": _EQUALS,
    "number": _COMPARES,
    "date": _COMPARES,
    "datetime": _COMPARES,
    "time": _COMPARES,
    "multipicklist": _EQUALS | {"INCLUDES", "EXCLUDES"},
    "string": _COMPARES | {"LIKE"},
}
KINDS: Final = {
    "id": ("string",),
    "boolean": ("boolean",),
    "number": ("number",),
    "date": ("date", "period"),
    "datetime": ("datetime", "period"),
    "time": ("time",),
    "multipicklist": ("string",),
    "string": ("string",),
}


def family(field_type: str) -> str:
    """Return which group of types, a key of OPERATORS, a field's type belongs to."""
    if field_type in NUMBERS:
        return "number"
    if field_type == "reference":
        return "id"
    return field_type if field_type in OPERATORS else "string"


def fold(kind: str, *, case_sensitive: bool = False) -> Callable[[Any], Any]:
    """Return the function that makes values of a family comparable.

    Text is compared in upper case, ids by their 15 characters.
    """
    if kind == "id":
        return lambda value: value[:15]
    if kind == "boolean":
        return bool
    if kind in ("string", "multipicklist") and not case_sensitive:
        return lambda value: value.upper() if isinstance(value, str) else value
    return lambda value: value


def make_test(
    kind: str,
    operator: str,
    literals: tuple[Literal, ...],
    *,
    now: datetime,
    case_sensitive: bool = False,
) -> Test:
    """Return the function that tells whether a field's value passes.

    kind is a family; a value of None passes only ``= null`` and the negative
    operators. now gives date literals their day and time zone.
    """
    folded = fold(kind, case_sensitive=case_sensitive)
    if operator in ("!=", "NOT IN", "EXCLUDES"):
        positive = {"!=": "=", "NOT IN": "IN", "EXCLUDES": "INCLUDES"}[operator]
        test = make_test(
            kind, positive, literals, now=now, case_sensitive=case_sensitive
        )
        return lambda value: not test(value)
    if operator == "LIKE":
        return _like(literals[0])
    if operator == "INCLUDES":
        return _includes(literals, folded)
    if any(literal.kind == "period" for literal in literals):
        return _period(operator, literals, kind=kind, now=now)
    if operator in _ORDERING:
        return _ordering(operator, literals[0], folded)
    wanted = [constant(literal) for literal in literals]
    return _member(kind, wanted, folded)


def constant(literal: Literal) -> Any:
    """Return the value of a literal; an empty string means null in SOQL."""
    return None if literal.value == "" else literal.value


def _member(kind: str, wanted: list[Any], folded: Callable[[Any], Any]) -> Test:
    present = frozenset(folded(value) for value in wanted if value is not None)
    null = None in wanted
    if kind == "boolean":
        return lambda value: bool(value) in present
    if len(present) == 1 and not null:
        (only,) = present
        return lambda value: value is not None and folded(value) == only
    return lambda value: null if value is None else folded(value) in present


def _ordering(operator: str, literal: Literal, folded: Callable[[Any], Any]) -> Test:
    if literal.value == "" and operator in (">", ">="):
        return lambda value: value is not None  # every text is more than none
    if constant(literal) is None:
        return lambda _value: False
    compare = _ORDERING[operator]
    limit = folded(literal.value)
    return lambda value: value is not None and compare(folded(value), limit)


def _like(literal: Literal) -> Test:
    match = re.compile(literal.pattern, re.IGNORECASE | re.DOTALL).fullmatch
    return lambda value: value is not None and match(str(value)) is not None


def _includes(literals: tuple[Literal, ...], folded: Callable[[Any], Any]) -> Test:
    groups = [
        frozenset(folded(literal.value).split(";"))
        for literal in literals
        if literal.value
    ]

    def test(value: Any) -> bool:
        if value is None:
            return False
        chosen = frozenset(folded(value).split(";"))
        return any(group <= chosen for group in groups)

    return test


def span(literal: Literal, *, kind: str, now: datetime) -> Span:
    """Return the first value of a date literal and the first value after it.

    As dates (``2026-05-24``) or as datetimes on the wire, at the midnights of the
    user's time zone, which is that of now.
    """
    name, number = literal.value
    first, after = period(name, number, today=now.date())
    if kind == "date":
        return first.isoformat(), after.isoformat()
    return _midnight(first, now), _midnight(after, now)


def _midnight(day: date, now: datetime) -> str:
    if not 1000 < day.year < 9999:
        return f"{day.isoformat()}T00:00:00.000+0000"
    return wire_datetime(datetime.combine(day, time(), now.tzinfo or UTC))


def _period(
    operator: str, literals: tuple[Literal, ...], *, kind: str, now: datetime
) -> Test:
    if operator in ("=", "IN"):
        return _within(literals, kind=kind, now=now)
    first, after = span(literals[0], kind=kind, now=now)
    limit = {"<": first, "<=": after, ">": after, ">=": first}[operator]
    if operator in ("<", "<="):
        return lambda value: value is not None and value < limit
    return lambda value: value is not None and value >= limit


def _within(literals: tuple[Literal, ...], *, kind: str, now: datetime) -> Test:
    spans = [
        span(literal, kind=kind, now=now)
        for literal in literals
        if literal.kind == "period"
    ]
    others = {constant(literal) for literal in literals if literal.kind != "period"}

    def test(value: Any) -> bool:
        if value is None:
            return None in others
        return value in others or any(low <= value < high for low, high in spans)

    return test


def acceptable(kind: str, literal: Literal) -> bool:
    """Tell whether a literal has the form a family of fields is compared with."""
    return literal.kind == "null" or literal.kind in KINDS[kind]


def id_shaped(literal: Literal) -> bool:
    """Tell whether a literal compared with an id field is null or an id."""
    return constant(literal) is None or ids.is_id(literal.value)
