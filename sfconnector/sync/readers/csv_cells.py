"""Columns of a Bulk result, checked and written as JSON as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sfconnector import exact_json
from sfconnector.sync.readers.checking import MisfitError
from sfconnector.sync.shape import NUMBERS

WHOLE = rb"(?:0|-?[1-9]\d*+)\.0(?=\n)"
"""An amount without a fraction, as most are."""
LINES_OF_NUMBERS = re.compile(rb"(?:(?:%b|%b)?+\n)*+" % (WHOLE, exact_json.PLAIN))
"""Many at once, each a line or none: one after another takes several times as long."""
LARGE = re.compile(rb"^(-?\d)\.(\d+)E(\d\d?)$", re.MULTILINE)
"""From ten millions on Bulk writes 3.2781E7, as Java does."""
NUMBER = re.compile(exact_json.PLAIN)
BOOLEANS = frozenset({b"true", b"false", b""})
CONTROLS = bytes(range(1, 0x20))
UNSAFE = CONTROLS + b'"\\'
"""What JSON does not take within a text as it stands. A cell never holds NUL."""
ESCAPES = (
    (b"\\", rb"\\"),
    (b'"', rb"\""),
    (b"\n", rb"\n"),
    (b"\r", rb"\r"),
    (b"\t", rb"\t"),
)
NULL = b"null"
Encode: TypeAlias = Callable[[bytes], bytes]


def encoder_of(type_: str) -> Encode:
    """Return what writes a cell of a described type."""
    if type_ in NUMBERS:
        return _number
    if type_ == "boolean":
        return _boolean
    return _moment if type_ == "datetime" else _quoted


def written(column: Sequence[bytes], encode: Encode) -> tuple[Sequence[bytes], bool]:
    """Return a column's cells as JSON, and whether they still want their quotes."""
    if encode is _moment:
        column, encode = moments_of(column), _quoted
    if encode is _quoted:
        column = _escaped(column)
        return (_quoted_or_null(column), False) if b"" in column else (column, True)
    if encode is _number:
        column = _spelled(column)
    elif not BOOLEANS.issuperset(column):
        column = [encode(cell) if cell else NULL for cell in column]
    return [cell or NULL for cell in column] if b"" in column else column, False


def _quoted_or_null(column: Sequence[bytes]) -> Sequence[bytes]:
    """Quote the cells but empty ones, all at once: the loop takes twice as long.

    A quote within a cell has a backslash before it, so two in a row are an empty cell.
    """
    whole = b'\x00"%b"' % b'"\x00"'.join(column)
    return whole.replace(b'\x00""', b"\x00null").split(b"\x00")[1:]


def _spelled(column: Sequence[bytes]) -> Sequence[bytes]:
    """Write a column of numbers in the one spelling; empty cells stay empty.

    All at once where that is told to be right: one after another takes ten times as
    long.
    """
    lines = b"\n".join([*column, b""])
    if lines.count(b"\n") == len(column):
        if b"E" in lines:
            lines = LARGE.sub(_spread, lines)
        if LINES_OF_NUMBERS.fullmatch(lines):
            return lines.replace(b".0\n", b"\n").split(b"\n")[:-1]
    return [cell and _number(cell) for cell in column]


def _spread(found: re.Match[bytes]) -> bytes:
    """Write a large number without its exponent."""
    first, others, exponent = found.groups()
    places = int(exponent)
    if len(others) <= places:
        whole: bytes = first + others.ljust(places, b"0")
        return whole
    return b"%b%b.%b" % (first, others[:places], others[places:])


def _escaped(column: Sequence[bytes]) -> Sequence[bytes]:
    """Escape what JSON does not take within a text as it stands."""
    whole = b"\x00".join(column)
    if not _has_any(whole, UNSAFE):
        return column
    for character, escape in ESCAPES:
        whole = whole.replace(character, escape)
    if _has_any(whole, CONTROLS):
        return [_quoted(cell)[1:-1] for cell in column]
    return whole.split(b"\x00")


def _has_any(text: bytes, characters: bytes) -> bool:
    return len(text.translate(None, characters)) != len(text)


def _quoted(cell: bytes) -> bytes:
    return json.dumps(cell.decode(), ensure_ascii=False).encode()


def _number(cell: bytes) -> bytes:
    """Return a number's own digits in the one spelling: no float stands in between."""
    if NUMBER.fullmatch(cell):
        return cell
    try:
        return exact_json.plain(cell.decode()).encode()
    except (ValueError, ArithmeticError) as error:
        raise MisfitError(f"{cell.decode()[:40]!r} is no number.") from error


def _boolean(cell: bytes) -> bytes:
    lower = cell.lower()
    if lower not in (b"true", b"false"):
        raise MisfitError(f"{cell.decode()[:40]!r} is neither true nor false.")
    return lower


def _moment(cell: bytes) -> bytes:
    return _quoted(_moment_text(cell))


def moments_of(column: Sequence[bytes]) -> Sequence[bytes]:
    """Write a column of moments as REST does, all at once where none has two lines."""
    lines = b"\n".join([*column, b""])
    if lines.count(b"\n") != len(column):
        return [_moment_text(cell) for cell in column]
    if b"Z\n" not in lines:
        return column
    return lines.replace(b"Z\n", b"+0000\n").split(b"\n")[:-1]


def _moment_text(cell: bytes) -> bytes:
    """Write a moment as REST does: Bulk ends it in Z."""
    return cell[:-1] + b"+0000" if cell.endswith(b"Z") else cell
