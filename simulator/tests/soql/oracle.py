"""An evaluation of SOQL conditions in plain Python, written apart from the product.

Each condition writes itself as SOQL and knows which rows it holds for. A row is a
dict; its parent, if any, is the dict under ``Planet__r``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cmp_to_key
from typing import Any

Row = dict[str, Any]


def reach(row: Row, path: str) -> Any:
    """The value at the end of a path; None where there is no parent."""
    value: Any = row
    for name in path.split("."):
        value = None if value is None else value.get(name)
    return value


def literal(value: Any, kind: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).upper()
    if kind == "datetime":
        return value.replace("+0000", "Z")
    if kind in ("date", "number"):
        return str(value)
    return quote(value)


def quote(text: str, *, more: dict[str, str] | None = None) -> str:
    escapes = {"\\": "\\\\", "'": "\\'", "\n": "\\n", '"': '\\"', **(more or {})}
    return "'" + "".join(escapes.get(char, char) for char in text) + "'"


def plain(value: Any, kind: str) -> Any:
    """The form in which values of a kind are compared."""
    if value is None:
        return None
    if kind == "text":
        return value.upper()
    if kind == "id":
        return value[:15]
    return value


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: None not in (a, b) and a < b,
    "<=": lambda a, b: None not in (a, b) and a <= b,
    ">": lambda a, b: None not in (a, b) and a > b,
    ">=": lambda a, b: None not in (a, b) and a >= b,
}


@dataclass(frozen=True)
class Comparison:
    path: str
    kind: str
    operator: str
    value: Any

    def text(self) -> str:
        return f"{self.path} {self.operator} {literal(self.value, self.kind)}"

    def holds(self, row: Row) -> bool:
        found = reach(row, self.path)
        if self.kind == "boolean":
            found = bool(found)
        return COMPARE[self.operator](
            plain(found, self.kind), plain(self.value, self.kind)
        )


@dataclass(frozen=True)
class Membership:
    path: str
    kind: str
    values: tuple[Any, ...]
    negated: bool

    def text(self) -> str:
        values = ", ".join(literal(value, self.kind) for value in self.values)
        return f"{self.path} {'NOT IN' if self.negated else 'in'} ({values})"

    def holds(self, row: Row) -> bool:
        wanted = [plain(value, self.kind) for value in self.values]
        found = plain(reach(row, self.path), self.kind) in wanted
        return found is not self.negated


@dataclass(frozen=True)
class Likeness:
    path: str
    pieces: tuple[str, ...]  # "%" and "_" are wildcards, all else is literal

    def text(self) -> str:
        escaped = {"%": "\\%", "_": "\\_"}
        parts = [
            piece if piece in ("%", "_") else quote(piece[1:], more=escaped)[1:-1]
            for piece in self.pieces
        ]
        return f"{self.path} LIKE '{''.join(parts)}'"

    def holds(self, row: Row) -> bool:
        value = reach(row, self.path)
        if value is None:
            return False
        marks = {"%": "*", "_": "?"}
        special = {"[": "[[]", "*": "[*]", "?": "[?]"}
        glob = "".join(
            marks[piece]
            if piece in marks
            else "".join(special.get(char, char) for char in piece[1:].upper())
            for piece in self.pieces
        )
        return fnmatchcase(value.upper(), glob)


@dataclass(frozen=True)
class Tagging:
    path: str
    groups: tuple[str, ...]
    excluded: bool

    def text(self) -> str:
        groups = ", ".join(quote(group) for group in self.groups)
        return f"{self.path} {'EXCLUDES' if self.excluded else 'INCLUDES'} ({groups})"

    def holds(self, row: Row) -> bool:
        value = reach(row, self.path)
        tags = value.split(";") if value else []
        hit = any(all(one in tags for one in group.split(";")) for group in self.groups)
        return hit is not self.excluded


def quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def sunday(day: date) -> date:
    while day.isoweekday() != 7:
        day -= timedelta(days=1)
    return day


def months(day: date) -> int:
    return day.year * 12 + day.month


def quarters(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def weeks(day: date) -> int:
    return (sunday(day) - date(1970, 1, 4)).days // 7


UNITS: dict[str, Callable[[date], int]] = {
    "DAY": date.toordinal,
    "WEEK": weeks,
    "MONTH": months,
    "QUARTER": quarters,
    "YEAR": lambda day: day.year,
    "FISCAL_QUARTER": quarters,
    "FISCAL_YEAR": lambda day: day.year,
}


def distance(word: str, number: int | None, day: date, today: date) -> int:
    """How far day lies before (-1), in (0) or after (1) the span of a date literal."""
    if word in ("TODAY", "YESTERDAY", "TOMORROW"):
        unit, low = "DAY", {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[word]
        high = low
    elif word.endswith("_90_DAYS"):
        unit = "DAY"
        low, high = (-90, 0) if word.startswith("LAST") else (0, 90)
    elif word.endswith("_AGO"):
        unit = word[2:-5]
        low = high = -(number or 0)
    elif "_N_" in word:
        unit = word[7:-1]
        low, high = (
            (-(number or 0), -1) if word.startswith("LAST") else (1, number or 0)
        )
        if word == "LAST_N_DAYS":
            high = 0
    else:
        which, _, unit = word.partition("_")
        low = high = {"LAST": -1, "THIS": 0, "NEXT": 1}[which]
    offset = UNITS[unit](day) - UNITS[unit](today)
    return -1 if offset < low else int(offset > high)


@dataclass(frozen=True)
class Timing:
    path: str
    operator: str
    word: str
    number: int | None
    today: date

    def text(self) -> str:
        number = "" if self.number is None else f":{self.number}"
        return f"{self.path} {self.operator} {self.word}{number}"

    def holds(self, row: Row) -> bool:
        value = reach(row, self.path)
        if value is None:
            return self.operator == "!="
        day = date.fromisoformat(value[:10])
        place = distance(self.word, self.number, day, self.today)
        return {
            "=": place == 0,
            "!=": place != 0,
            "<": place < 0,
            "<=": place <= 0,
            ">": place > 0,
            ">=": place >= 0,
        }[self.operator]


@dataclass(frozen=True)
class Denial:
    inner: Any

    def text(self) -> str:
        return f"NOT ({self.inner.text()})"

    def holds(self, row: Row) -> bool:
        return not self.inner.holds(row)


@dataclass(frozen=True)
class Joined:
    word: str
    parts: tuple[Any, ...]

    def text(self) -> str:
        return f" {self.word} ".join(f"({part.text()})" for part in self.parts)

    def holds(self, row: Row) -> bool:
        found = [part.holds(row) for part in self.parts]
        return all(found) if self.word == "AND" else any(found)


@dataclass(frozen=True)
class Ordering:
    path: str
    kind: str
    descending: bool
    nulls: str  # "", "FIRST" or "LAST"

    def text(self) -> str:
        words = [self.path, "DESC" if self.descending else ""]
        words.append(f"NULLS {self.nulls}" if self.nulls else "")
        return " ".join(word for word in words if word)


def arranged(rows: list[Row], orderings: list[Ordering]) -> list[Row]:
    """Rows in order; nulls come first unless the ordering says otherwise."""

    def compare(a: Row, b: Row) -> int:
        for one in orderings:
            left, right = (
                plain(reach(a, one.path), one.kind),
                plain(reach(b, one.path), one.kind),
            )
            if left == right:
                continue
            if left is None or right is None:
                first = (left is None) is (one.nulls != "LAST")
                return -1 if first else 1
            return -1 if (left < right) is not one.descending else 1
        return 0

    return sorted(rows, key=cmp_to_key(compare))
