"""The records of a page cut out at one look, where it is such as most orgs send.

A page is split by what stands between its records, which is the same throughout: the
beginning of their attributes. Each piece is then read by itself. To be a record it has
to be whole, with every asked-for field and no other, so that no text is ever taken for
the end of one. Reading tells as well what would otherwise be sought in all bytes: that
texts are characters, and that none is empty.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any

from sfconnector.sync.readers.pieces import (
    EMPTY,
    Pieces,
    Splitter,
    msgspec,
    odd_compounds,
    odd_numbers,
)
from sfconnector.sync.shape import COMPOUND, NUMBERS, Shape

START = re.compile(rb'"records":\[(\{"attributes":\{"type":"\w+","url":"[^"\\]*/)')
"""Up to the first record's id."""
TEXTS = frozenset(
    {
        *("combobox", "date", "datetime", "email", "encryptedstring", "id"),
        *("multipicklist", "phone", "picklist", "reference", "string", "textarea"),
        *("time", "url"),
    }
)
"""Types whose values come as texts, one and all."""


def quick_splitter(shape: Shape) -> Splitter | None:
    """Return a splitter for pages in which nothing has to be mended but numbers.

    It raises ValueError for any other. None where msgspec is not installed.
    """
    if msgspec is None:
        return None
    types = dict(shape.types)
    names = dict.fromkeys(name.partition(".")[0] for name in shape.fields)
    heads = [name for name in ("Id", "IsDeleted", shape.cursor_field) if name in names]
    raw = [n for n in names if n not in heads and not _is_read(types.get(n, ""))]
    numbers = [name for name in raw if types.get(name) in NUMBERS]
    compounds = [name for name in raw if types.get(name) in COMPOUND]
    looked_at = [*heads, *raw]
    places = {name: f"f{n}" for n, name in enumerate(names)}
    read = _reader(places, types, raw)
    # Of one name alone there would be no tuple.
    pick = attrgetter(*(places[name] for name in (*looked_at, *looked_at[:1])))

    def quickly(body: bytes) -> Pieces:
        raws = _cut(body)
        try:
            # Each record goes before the next one: their memory is used anew.
            rows = list(map(pick, map(read, raws)))
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error
        columns = dict(zip(looked_at, zip(*rows, strict=True), strict=False))
        nothing = [None] * len(raws)
        odd = set(chain(*(odd_compounds(columns[name]) for name in compounds)))
        for name in raw:
            # Numbers in their one spelling hold no text, and most are.
            found = set(odd_numbers(columns[name])) if name in numbers else set()
            if found or name not in numbers:
                _check_texts(columns[name])
            odd |= found
        return Pieces(
            keys=list(columns["Id"]),
            stamps=list(columns.get(shape.cursor_field, nothing)),
            flags=list(columns.get("IsDeleted", nothing)),
            raws=raws,
            odd=odd,
        )

    return quickly


def _cut(body: bytes) -> list[bytes]:
    """Cut a page into what may be its records. Raises ValueError for no page."""
    start = START.search(body, 0, 4096)
    if not start:
        raise ValueError("no record begins")
    head = start[1]
    pieces = body[start.end() :].split(b"," + head)
    pieces[-1], bracket, rest = pieces[-1].rpartition(b"]")
    json.loads(body[: start.start(1)] + bracket + rest)
    return list(map(head.__add__, pieces))


def _is_read(kind: str) -> bool:
    """Tell whether values of a type are read, and not only kept as bytes."""
    return kind == "boolean" or kind in TEXTS


def _reader(
    places: Mapping[str, str],
    types: Mapping[str, str],
    raw: Sequence[str],
) -> Callable[[bytes], Any]:
    """Return what reads a record into attributes, each field into its place."""
    text: Any = Annotated[str, msgspec.Meta(min_length=1)]

    def kind_of(name: str) -> Any:
        if name in raw:
            return msgspec.Raw
        is_flag = name == "IsDeleted" or types.get(name) == "boolean"
        return bool | None if is_flag else text | None

    own = [("type", str), ("url", str)]
    attributes: Any = msgspec.defstruct(
        "Attributes", own, forbid_unknown_fields=True, gc=False
    )
    fields = [
        (place, kind_of(name), msgspec.field(name=name))
        for name, place in places.items()
    ]
    record: Any = msgspec.defstruct(
        "Asked",
        [("attributes", attributes), *fields],
        forbid_unknown_fields=True,
        gc=False,  # they refer to nothing that refers to them
    )
    read: Callable[[bytes], Any] = msgspec.json.Decoder(record).decode
    return read


def _check_texts(column: Sequence[bytes]) -> None:
    """Raise ValueError where bytes are no characters, or a text is empty."""
    together = b":".join([b"", *column])
    if not together.isascii():
        together.decode()
    if EMPTY.search(together):
        raise ValueError("an empty text")
