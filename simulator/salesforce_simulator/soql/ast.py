"""Owns the parsed form of a SOQL statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Path:
    """A field or relationship path as written, such as ``Account.Owner.Name``."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; name is upper case, text is the call as written."""

    name: str
    arguments: tuple[Operand, ...]
    position: int
    text: str


Operand: TypeAlias = Path | Call


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written.

    kind is one of string, number, boolean, null, date, datetime and period; the
    value of a period (``LAST_N_DAYS:3``) is its name and its number or None.
    pattern holds the regular expression of a string used with LIKE.
    """

    kind: str
    value: Any
    position: int
    text: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """``operand operator values`` or ``operand [NOT] IN (query)``."""

    operand: Operand
    operator: str
    values: tuple[Literal, ...]
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Negation:
    """``NOT condition``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Conjunction:
    """``a AND b AND c``."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """``a OR b OR c``."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Compare | Negation | Conjunction | Disjunction


@dataclass(frozen=True, slots=True)
class Column:
    """A selected field or function with its alias."""

    operand: Operand
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class FieldsCall:
    """``FIELDS(ALL|STANDARD|CUSTOM)``."""

    kind: str
    position: int


@dataclass(frozen=True, slots=True)
class TypeOf:
    """``TYPEOF path WHEN type THEN fields … ELSE fields END``."""

    path: Path
    branches: tuple[tuple[Path, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Child:
    """A parent-to-child subquery in the SELECT list."""

    query: Query


Item: TypeAlias = Column | FieldsCall | TypeOf | Child


@dataclass(frozen=True, slots=True)
class Order:
    """One ORDER BY item."""

    operand: Operand
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """GROUP BY; kind is ``""``, ``ROLLUP`` or ``CUBE``."""

    kind: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A whole statement or subquery; source is the text it was read from."""

    source: str
    items: tuple[Item, ...]
    target: Path
    aliases: tuple[tuple[str, str], ...] = ()
    scope: str | None = None
    where: Condition | None = None
    grouping: Grouping | None = None
    having: Condition | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    purposes: frozenset[str] = frozenset()
    """What the rows are read for: VIEW, REFERENCE, UPDATE."""
