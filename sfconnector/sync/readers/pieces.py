"""The records of a page as bytes, each of their fields found by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from sfconnector import exact_json
from sfconnector.records import by_name
from sfconnector.sync.shape import COMPOUND, NUMBERS, Shape

msgspec: Any
try:
    import msgspec
except ImportError:  # an optional extra: the standard library does as well
    msgspec = None

PLAIN_LINES = re.compile(rb"(?:(?:%b|null)\n)*+" % exact_json.PLAIN)
"""Numbers in their one spelling, each a line."""
PLAIN = re.compile(rb"%b|null" % exact_json.PLAIN)
ODD_WITHIN = re.compile(
    rb'":(?!["n]|(?:%b)[,}])|\{(?:"\w+":null,?)+\}' % exact_json.PLAIN
)
"""What a compound of the normal form does not hold: it is found sooner than not."""
EMPTY = re.compile(rb':""')
"""An empty text, which the normal form writes as null. Nothing else looks like it: a
quote within a text has a backslash before it."""


class Pieces(NamedTuple):
    """The records of a page by column: ids, stamps and flags as they came; bytes."""

    keys: list[Any]
    stamps: list[Any]
    flags: list[Any]
    raws: list[bytes]
    odd: set[int]
    """The places of records that hold a number in another spelling than the one, or a
    compound of nulls alone."""


class Splitter(Protocol):
    """Cuts the body of a page; raises ValueError for what is no such body."""

    def __call__(self, body: bytes) -> Pieces: ...


def splitter_for(shape: Shape) -> Splitter:
    """Return the fastest splitter that is installed."""
    if msgspec is None:
        return scanning_splitter(shape)
    tops = dict.fromkeys(name.partition(".")[0] for name in shape.fields)
    names = {name: f"f{n}" for n, name in enumerate(tops)}
    types = dict(shape.types)
    numbers = [name for name in names if types.get(name) in NUMBERS]
    compounds = [name for name in names if types.get(name) in COMPOUND]
    heads = [name for name in ("Id", "IsDeleted", shape.cursor_field) if name in names]
    looked_at = [*heads, *numbers, *compounds]
    page: Any = msgspec.defstruct("Page", [("records", list[msgspec.Raw])])
    read_page = msgspec.json.Decoder(page).decode
    read_record = _record_reader(names, decoded=heads)
    # Of one name alone there would be no tuple.
    pick = attrgetter(*(names[name] for name in (*looked_at, *looked_at[:1])))

    def by_msgspec(body: bytes) -> Pieces:
        try:
            raws = list(map(bytes, read_page(body).records))
            # Each decoded record goes before the next one: their memory is used anew.
            rows = list(map(pick, map(read_record, raws)))
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error
        columns = dict(zip(looked_at, zip(*rows, strict=True), strict=False))
        nothing = [None] * len(raws)
        return Pieces(
            keys=list(columns.get("Id", nothing)),
            stamps=list(columns.get(shape.cursor_field, nothing)),
            flags=list(columns.get("IsDeleted", nothing)),
            raws=raws,
            odd={
                *chain(*(odd_numbers(columns.get(name, ())) for name in numbers)),
                *chain(*(odd_compounds(columns.get(name, ())) for name in compounds)),
            },
        )

    return by_msgspec


def _record_reader(
    names: Mapping[str, str], *, decoded: Sequence[str]
) -> Callable[[bytes], Any]:
    """Return what reads a record into attributes; each of the names must be there.

    ``names`` maps a field to its attribute. What is not decoded is found by its name.
    """
    fields = [
        (place, Any if name in decoded else msgspec.Raw, msgspec.field(name=name))
        for name, place in names.items()
    ]
    # No garbage collector: they refer to nothing that refers to them.
    record: Any = msgspec.defstruct("Asked", fields, gc=False)
    read: Callable[[bytes], Any] = msgspec.json.Decoder(record).decode
    return read


def odd_numbers(column: Sequence[Any]) -> Iterator[int]:
    """Yield the places of numbers that are not spelled in the one way."""
    # All at once: of most pages every number is as it should be.
    if not PLAIN_LINES.fullmatch(b"\n".join([*column, b""])):
        yield from (n for n, one in enumerate(column) if not PLAIN.fullmatch(one))


def odd_compounds(column: Sequence[Any]) -> Iterator[int]:
    if ODD_WITHIN.search(b"".join(column)):
        yield from (n for n, one in enumerate(column) if ODD_WITHIN.search(one))


def scanning_splitter(shape: Shape) -> Splitter:
    """Return a splitter of the standard library: it notes where each record ends."""
    scanner = _Scanner(shape)

    def by_scanning(body: bytes) -> Pieces:
        text = body.decode()
        found = re.search(r'"records"\s*:\s*\[', text)
        if not found:
            raise ValueError("no records")
        pieces, place = Pieces([], [], [], [], set()), _skip(text, found.end())
        while not text.startswith("]", place):
            place = _skip(text, scanner.take(text, place, pieces))
            if text.startswith(",", place):
                place = _skip(text, place + 1)
            elif not text.startswith("]", place):
                raise ValueError("cut between two records")
        json.loads(text[: found.end()] + text[place:])
        return pieces

    return by_scanning


class _Scanner:
    """Decodes one record after another, only to see where it ends and what it has."""

    def __init__(self, shape: Shape) -> None:
        self._names = shape.form("").members
        self._stamp_field = shape.cursor_field
        self._is_odd = False
        decoder: Any = json.JSONDecoder(
            parse_constant=_refuse, parse_float=self._number
        )
        self._scan = decoder.scan_once

    def take(self, text: str, place: int, pieces: Pieces) -> int:
        """Add the record at a place; return where it ends."""
        self._is_odd = False
        try:
            record, end = self._scan(text, place)
        except StopIteration as error:
            raise ValueError("cut within a record") from error
        add(pieces, record, self._names, self._stamp_field)
        if self._is_odd or any(map(_is_empty, record.values())):
            pieces.odd.add(len(pieces.raws))
        pieces.raws.append(text[place:end].encode())
        return int(end)

    def _number(self, text: str) -> float:
        digits = text.lstrip("-").replace(".", "")
        self._is_odd = self._is_odd or text[-1] == "0" or not digits.isdigit()
        return 0.0


def add(pieces: Pieces, record: Any, names: Iterable[str], stamp_field: str) -> None:
    if not isinstance(record, dict):
        raise ValueError("a record is not an object")  # noqa: TRY004 - it is input
    found = by_name(names, record)
    pieces.keys.append(found.get("Id"))
    pieces.stamps.append(found.get(stamp_field))
    pieces.flags.append(found.get("IsDeleted"))


def _is_empty(value: Any) -> bool:
    """Tell whether a value is an object of nulls alone."""
    return isinstance(value, dict) and not any(
        one is not None for one in value.values()
    )


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] in (" ", "\n", "\r", "\t"):
        place += 1
    return place


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
