"""Owns the aggregate functions: COUNT, COUNT_DISTINCT, SUM, AVG, MIN and MAX."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Protocol

from salesforce_simulator.soql.operators import family, fold
from salesforce_simulator.soql.scope import Bound

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})


class Accumulator(Protocol):
    """Takes the values of a group one by one and knows their aggregate."""

    def add(self, value: Any) -> None: ...

    def result(self) -> Any: ...


class _Count:
    def __init__(self) -> None:
        self._count = 0

    def add(self, value: Any) -> None:
        self._count += value is not None

    def result(self) -> int:
        return self._count


class _Distinct:
    def __init__(self, folded: Callable[[Any], Any]) -> None:
        self._folded = folded
        self._values: set[Any] = set()

    def add(self, value: Any) -> None:
        if value is not None:
            self._values.add(self._folded(value))

    def result(self) -> int:
        return len(self._values)


class _Sum:
    """Adds in decimal, so that money comes out without binary crumbs."""

    def __init__(self, *, mean: bool, whole: bool) -> None:
        self._mean = mean
        self._whole = whole
        self._sum = Decimal(0)
        self._count = 0

    def add(self, value: Any) -> None:
        if value is not None:
            self._sum += Decimal(str(value))
            self._count += 1

    def result(self) -> int | float | None:
        if not self._count:
            return None
        if self._mean:
            return float(self._sum / self._count)
        return int(self._sum) if self._whole else float(self._sum)


class _Extreme:
    def __init__(self, folded: Callable[[Any], Any], *, greatest: bool) -> None:
        self._folded = folded
        self._greatest = greatest
        self._value: Any = None

    def add(self, value: Any) -> None:
        if value is None:
            return
        if self._value is None or self._beats(value):
            self._value = value

    def _beats(self, value: Any) -> bool:
        new, old = self._folded(value), self._folded(self._value)
        return bool(new > old if self._greatest else new < old)

    def result(self) -> Any:
        return self._value


def maker(name: str, bound: Bound) -> Callable[[], Accumulator]:
    """Return what makes a fresh accumulator of the function for a field."""
    folded = fold(family(bound.type))
    makers: dict[str, Callable[[], Accumulator]] = {
        "COUNT": _Count,
        "COUNT_DISTINCT": lambda: _Distinct(folded),
        "SUM": lambda: _Sum(mean=False, whole=bound.type == "int"),
        "AVG": lambda: _Sum(mean=True, whole=False),
        "MIN": lambda: _Extreme(folded, greatest=False),
        "MAX": lambda: _Extreme(folded, greatest=True),
    }
    return makers[name]


def result_type(name: str, bound: Bound) -> str:
    """Return the type of an aggregate's result."""
    if name in ("COUNT", "COUNT_DISTINCT"):
        return "int"
    return "double" if name == "AVG" else bound.type


def supported(name: str, bound: Bound) -> bool:
    """Tell whether the function takes a field of this type."""
    kind = family(bound.type)
    if name in ("SUM", "AVG"):
        return kind == "number"
    if bound.field is not None and not bound.field.aggregatable:
        return name == "COUNT" and kind in ("id", "boolean")
    if name in ("MIN", "MAX"):
        return kind not in ("boolean", "multipicklist", "id")
    return True
