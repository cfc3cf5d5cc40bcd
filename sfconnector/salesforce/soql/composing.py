"""Quotes and composes SOQL; nowhere else are its strings glued.

Names come from a describe and are checked here again; values pass ``literal``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote_plus

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce.soql.lexing import LONGEST
from sfconnector.texts import gettext_noop

LONGEST_SOQL = LONGEST
"""Characters of one statement."""
LONGEST_URI = 16_384
"""Bytes of an address together with its headers; a GET beyond is refused with 414."""
URI_ROOM = 12_288
"""What a query may take of it: the rest is left to host, path, token and headers."""

_NAME = r"[A-Za-z][A-Za-z0-9_]{0,79}"
_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,5}}")
_ESCAPES = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_OPERATORS = frozenset(
    {"=", "!=", "<", "<=", ">", ">=", "LIKE", "IN", "NOT IN", "INCLUDES", "EXCLUDES"}
)


def quote(text: str) -> str:
    """Give a text as a SOQL string literal, with its quotes."""
    return f"'{_escaped(text)}'"


def like(text: str, *, before: str = "%", after: str = "%") -> str:
    """Give the literal for LIKE that finds a text, its own % and _ taken literally.

    ``before`` and ``after`` are the wildcards around it: by default it is found
    anywhere; ``before=""`` finds what starts with it.
    """
    inner = _escaped(text).replace("%", "\\%").replace("_", "\\_")
    return f"'{before}{inner}{after}'"


def literal(value: object) -> str:
    """Give a value as a SOQL literal; raise InvalidRequest for what has none.

    Datetimes must be aware and are written in UTC; lists become ``(a, b)`` for IN.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime | date):
        return _moment(value)
    if isinstance(value, list | tuple | set | frozenset) and value:
        return f"({', '.join(literal(one) for one in value)})"
    message = gettext_noop("SOQL has no literal for this {type}.").format(
        type=type(value).__name__
    )
    raise InvalidRequest(message)


def identifier(name: str) -> str:
    """Give back an object, field or relationship path, or raise InvalidRequest."""
    if not _PATH.fullmatch(name):
        message = gettext_noop(
            "{name!r:.80} is not a name of an object or a field."
        ).format(name=name)
        raise InvalidRequest(message)
    return name


def compare(field: str, operator: str, value: object) -> str:
    """Give one comparison, such as ``SystemModstamp >= 2026-05-01T00:00:00Z``."""
    if operator not in _OPERATORS:
        message = gettext_noop("{operator!r:.20} is not an operator of SOQL.").format(
            operator=operator
        )
        raise InvalidRequest(message)
    return f"{identifier(field)} {operator} {literal(value)}"


def matches(field: str, text: str, *, before: str = "%", after: str = "%") -> str:
    """Give the condition that a field holds a text (see ``like``)."""
    return f"{identifier(field)} LIKE {like(text, before=before, after=after)}"


def all_of(*conditions: str) -> str:
    """Join conditions by AND, each in parentheses; empty ones are left out."""
    return _joined("AND", conditions)


def any_of(*conditions: str) -> str:
    """Join conditions by OR, each in parentheses; empty ones are left out."""
    return _joined("OR", conditions)


def window(field: str, *, start: datetime | None, end: datetime | None) -> str:
    """Give the condition ``start <= field < end``; an open side is left out."""
    return all_of(
        compare(field, ">=", start) if start else "",
        compare(field, "<", end) if end else "",
    )


def after(field: str, *, moment: datetime, last_id: str) -> str:
    """Give the keyset condition for the rows after (moment, id) in that order.

    Goes with ``order_by=(field, "Id")``; many rows may share one moment.
    """
    same = all_of(compare(field, "=", moment), compare("Id", ">", last_id))
    return any_of(same, compare(field, ">", moment))


def after_id(last_id: str) -> str:
    """Give the keyset condition for the rows after an id; goes with order by Id."""
    return compare("Id", ">", last_id)


def compose(
    *,
    select: Sequence[str],
    from_: str,
    where: str = "",
    order_by: Iterable[str] = (),
    limit: int | None = None,
    offset: int | None = None,
) -> str:
    """Compose a query of fields; ``where`` is made by this module or check_filter.

    ``order_by`` holds field paths, each with an optional " ASC" or " DESC".
    """
    if not select:
        message = gettext_noop("A query needs at least one field.")
        raise InvalidRequest(message)
    fields = ", ".join(map(identifier, select))
    parts = [f"SELECT {fields}", f"FROM {identifier(from_)}"]
    if where:
        parts.append(f"WHERE {where}")
    if order := ", ".join(map(_order, order_by)):
        parts.append(f"ORDER BY {order}")
    if limit is not None:
        parts.append(f"LIMIT {int(limit)}")
    if offset is not None:
        parts.append(f"OFFSET {int(offset)}")
    soql = " ".join(parts)
    if len(soql) > LONGEST_SOQL:
        message = gettext_noop(
            "The query has {count:,} characters; {most:,} are allowed."
        ).format(count=len(soql), most=LONGEST_SOQL)
        raise InvalidRequest(message, remedy=gettext_noop("Choose fewer fields."))
    return soql


def count(from_: str, *, where: str = "") -> str:
    """Compose the query whose ``totalSize`` is the number of records."""
    parts = ["SELECT COUNT()", f"FROM {identifier(from_)}"]
    return " ".join([*parts, f"WHERE {where}"] if where else parts)


def needs(soql: str) -> int:
    """Give the bytes that a query takes in the address of a GET."""
    return len(quote_plus(soql))


def fits(soql: str, *, room: int = URI_ROOM) -> bool:
    """Tell whether a query may go out as a GET."""
    return needs(soql) <= room


def split(
    fields: Sequence[str],
    *,
    rest: str,
    always: Sequence[str] = ("Id",),
    room: int = URI_ROOM,
) -> list[list[str]]:
    """Split a wide field list into lists that fit, each starting with ``always``.

    ``rest`` is the query without its fields (any query on the same object and filter
    will do). Raises InvalidRequest when not even one field fits.
    """
    base = needs(rest) + sum(_width(name) for name in always)
    lists: list[list[str]] = [list(always)]
    used = base
    for name in dict.fromkeys(fields):
        if name in always:
            continue
        if used + _width(name) > room:
            lists.append(list(always))
            used = base
        lists[-1].append(identifier(name))
        used += _width(name)
    if base + max(map(_width, fields), default=0) > room:
        message = gettext_noop("The filter is too long for an address.")
        raise InvalidRequest(
            message, remedy=gettext_noop("Shorten the filter, or read by Bulk.")
        )
    return [one for one in lists if len(one) > len(always)] or [list(always)]


def _width(name: str) -> int:
    return needs(f"{name}, ")


def _escaped(text: str) -> str:
    out = []
    for char in text:
        if "\ud800" <= char <= "\udfff":
            message = gettext_noop("The text holds half of a character.")
            raise InvalidRequest(message)
        out.append(
            _ESCAPES.get(char) or (f"\\u{ord(char):04x}" if char < " " else char)
        )
    return "".join(out)


def _number(value: float | Decimal) -> str:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        message = gettext_noop("SOQL has no literal for a number that is not finite.")
        raise InvalidRequest(message)
    return format(Decimal(repr(value) if isinstance(value, float) else value), "f")


def _moment(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        message = gettext_noop(
            "A datetime needs a time zone before it can stand in a query."
        )
        raise InvalidRequest(message)
    precision = "milliseconds" if value.microsecond else "seconds"
    naive = value.astimezone(UTC).replace(tzinfo=None)
    return f"{naive.isoformat(timespec=precision)}Z"


def _joined(word: str, conditions: Sequence[str]) -> str:
    kept = [one for one in conditions if one]
    if len(kept) == 1:
        return kept[0]
    return f" {word} ".join(f"({one})" for one in kept)


def _order(text: str) -> str:
    name, _, direction = text.partition(" ")
    if direction.upper() not in {"", "ASC", "DESC"}:
        message = gettext_noop(
            "{direction!r:.20} is not a direction to order by."
        ).format(direction=direction)
        raise InvalidRequest(message)
    return f"{identifier(name)} {direction.upper()}".strip()
