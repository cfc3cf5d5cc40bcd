"""Rows of a Bulk result, typed by the describe, as the JSON that REST would give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import repeat
from typing import Any, NamedTuple, TypeAlias

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.records.rows import content_hash, rows_of
from sfconnector.salesforce.bulk.rows import Columns, texts
from sfconnector.sync.plan import COMPOUND, Shape, stored_order
from sfconnector.sync.splitting import DELETED, LIVE, checked_ids, checked_stamps

NUMBERS = frozenset({"int", "long", "double", "currency", "percent"})
NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
LINES_OF_NUMBERS = re.compile(rb"(?:(?:%b)?+\n)*+" % NUMBER.pattern)
"""Many at once, each a line or none: one after another takes twice as long."""
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


class Cell(NamedTuple):
    """A value of a record: its key as ``"Name":``, its column, how it is written."""

    key: bytes
    place: int
    encode: Encode


class Whole(NamedTuple):
    """An object within a record: a compound or a parent. Of nulls alone it is null."""

    key: bytes
    members: Sequence[Member]


Member: TypeAlias = Cell | Whole


class Rows:
    """Makes rows of a job's CSV. Made once per page, from its header.

    Whole columns are checked and written at a time, so that the loops run inside the
    interpreter: a cell costs a tenth of what a function call for it would.
    """

    def __init__(self, shape: Shape, columns: Sequence[str], *, version: str) -> None:
        """Check the header. Raises Corrupt when it is not what was asked for."""
        names = list(shape.bulk_fields)
        _check_header(names, columns)
        self._id = names.index("Id")
        self._stamp = _place(names, shape.cursor_field)
        self._deleted = _place(names, "IsDeleted")
        self._members = _members(shape, names)
        url = f"/services/data/v{version}/sobjects/{shape.sobject}/"
        kind = _key(shape.sobject)[:-1]
        self._head = b'{"attributes":{"type":%b,"url":"%b' % (kind, url.encode())

    def __call__(self, columns: Columns) -> list[Row]:
        """Return the rows of some cells. Raises Corrupt at one that is none."""
        try:
            return self._rows(columns)
        except ValueError as error:
            raise Corrupt(f"A row of the Bulk answer is not one: {error}") from error

    def _rows(self, columns: Columns) -> list[Row]:
        keys = checked_ids(texts(columns[self._id]))
        start = [repeat(self._head), map(str.encode, keys)]
        data = _joined(start, b'"}', self._members, columns)
        states: Iterable[int] = repeat(LIVE)
        stamps: Iterable[str | None] = repeat(None)
        if self._deleted is not None:
            flags = columns[self._deleted]
            states = [DELETED if flag == b"true" else LIVE for flag in flags]
        if self._stamp is not None:
            moments = texts(_moments(columns[self._stamp]))
            stamps = checked_stamps([moment or None for moment in moments])
        return rows_of(keys, states, stamps, map(content_hash, data), data)


def _joined(
    start: Sequence[Iterable[bytes]],
    between: bytes,
    members: Sequence[Member],
    columns: Columns,
) -> list[bytes]:
    """Return JSON objects: what stands between the cells, and the cells."""
    parts = [*start]
    for member in members:
        cells, is_bare = _written(member, columns)
        quote = b'"' if is_bare else b""
        comma = b"" if between == b"{" else b","
        parts += [repeat(between + comma + member.key + quote), cells]
        between = quote
    parts.append(repeat(between + b"}"))
    return list(map(b"".join, zip(*parts, strict=False)))


def _written(member: Member, columns: Columns) -> tuple[Sequence[bytes], bool]:
    """Return a member's values as JSON, and whether they still want their quotes."""
    if isinstance(member, Whole):
        return _wholes(member, columns), False
    column, encode = columns[member.place], member.encode
    if encode is _moment:
        column, encode = _moments(column), _quoted
    has_nulls = b"" in column
    if encode is _quoted:
        column = _escaped(column)
        if not has_nulls:
            return column, True
        return [b'"%b"' % cell if cell else NULL for cell in column], False
    if _fits(column, encode):
        return [cell or NULL for cell in column] if has_nulls else column, False
    return [encode(cell) if cell else NULL for cell in column], False


def _wholes(whole: Whole, columns: Columns) -> list[bytes]:
    objects = _joined([], b"{", whole.members, columns)
    empty = b"{%b}" % b",".join(member.key + NULL for member in whole.members)
    return [NULL if one == empty else one for one in objects]


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


def _fits(column: Sequence[bytes], encode: Encode) -> bool:
    """Tell whether all cells of a column are JSON as they stand, or empty."""
    if encode is _boolean:
        return {b"true", b"false", b""}.issuperset(column)
    lines = b"\n".join([*column, b""])
    is_whole = lines.count(b"\n") == len(column)
    return is_whole and LINES_OF_NUMBERS.fullmatch(lines) is not None


def _check_header(names: Sequence[str], columns: Sequence[str]) -> None:
    asked = [name.lower() for name in names]
    came = [name.lower() for name in columns]
    if came != asked:
        missing = ", ".join(sorted(set(asked) - set(came))[:5])
        raise Corrupt(
            "The columns of the Bulk answer are not those that were asked for"
            + (f"; missing: {missing}." if missing else ".")
        )


def _place(names: Sequence[str], name: str) -> int | None:
    return names.index(name) if name in names else None


def _key(name: str) -> bytes:
    return json.dumps(name, ensure_ascii=False).encode() + b":"


def _encoder(type_: str) -> Encode:
    if type_ in NUMBERS:
        return _number
    if type_ == "boolean":
        return _boolean
    return _moment if type_ == "datetime" else _quoted


def _quoted(cell: bytes) -> bytes:
    return json.dumps(cell.decode(), ensure_ascii=False).encode()


def _number(cell: bytes) -> bytes:
    """Return a number's own digits as JSON: no float stands in between."""
    if NUMBER.fullmatch(cell):
        return cell
    text = cell.decode()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text[:40]!r} is not a number")
    return format(value, "f").encode()


def _boolean(cell: bytes) -> bytes:
    lower = cell.lower()
    if lower not in (b"true", b"false"):
        raise ValueError(f"{cell.decode()[:40]!r} is neither true nor false")
    return lower


def _moment(cell: bytes) -> bytes:
    return _quoted(_moment_text(cell))


def _moments(column: Sequence[bytes]) -> Sequence[bytes]:
    """Write a column of moments as REST does, all at once where none has two lines."""
    lines = b"\n".join([*column, b""])
    if lines.count(b"\n") != len(column):
        return [_moment_text(cell) for cell in column]
    return lines.replace(b"Z\n", b"+0000\n").split(b"\n")[:-1]


def _moment_text(cell: bytes) -> bytes:
    """Write a moment as REST does: Bulk ends it in Z."""
    return cell[:-1] + b"+0000" if cell.endswith(b"Z") else cell


def _members(shape: Shape, names: Sequence[str]) -> list[Member]:
    """Return what a record consists of: its fields, compounds and parents."""
    types = dict(shape.types)
    encoders = {name.lower(): _encoder(type_) for name, type_ in shape.types}
    # A person's Name has parts as well, but is itself one text.
    wanted = {name for name in shape.fields if types.get(name) in COMPOUND}
    parts_of = {part: whole for part, whole in shape.compounds if whole in wanted}
    tree: dict[str, Any] = {}
    for place, name in enumerate(names):
        encode = encoders.get(name.lower(), _quoted)
        *path, last = name.split(".")
        here = tree
        for step in path:
            here = here.setdefault(step, {})
        if path or name in shape.fields:
            here[last] = (place, encode)
        if name in parts_of:
            whole = parts_of[name]
            tree.setdefault(whole, {})[part_key(name, whole)] = (place, encode)
    return _sorted(tree)


def _sorted(tree: dict[str, Any]) -> list[Member]:
    return [
        Whole(_key(name), _sorted(inner))
        if isinstance(inner, dict)
        else Cell(_key(name), *inner)
        for name, inner in sorted(tree.items(), key=lambda item: stored_order(item[0]))
    ]


def part_key(part: str, whole: str) -> str:
    """Return the name that a part has within its compound.

    ``BillingStateCode`` is ``stateCode`` of BillingAddress, ``Place__Latitude__s`` is
    ``latitude`` of Place__c.
    """
    if whole.endswith("__c"):
        name = part.removeprefix(whole[:-3]).strip("_").removesuffix("__s")
    else:
        name = part.removeprefix(whole.removesuffix("Address").removesuffix("Name"))
    return name[:1].lower() + name[1:]
