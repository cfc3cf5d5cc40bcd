"""Cut a page of records into rows without writing its JSON anew."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any, NamedTuple, Protocol

from sfconnector.exceptions import Corrupt
from sfconnector.models import Record
from sfconnector.records.rows import (
    Row,
    content_hash,
    needs_scrubbing,
    rows_of,
    scrub,
    scrubbed_text,
)
from sfconnector.salesforce import ids
from sfconnector.salesforce.bodies import start_of

msgspec: Any
try:
    import msgspec
except ImportError:  # an optional extra: the standard library does as well
    msgspec = None

RECORDS = re.compile(rb'"records"\s*:\s*\[')
LIVE, DELETED = Record.State.LIVE.value, Record.State.DELETED.value
STAMP = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+0000)", re.ASCII
)
STAMPS = re.compile(rf"(?:{STAMP.pattern}\n)*", re.ASCII)
"""Many at once, each a line: one after another takes several times as long."""


class Pieces(NamedTuple):
    """The records of a page by column: ids, stamps and flags as they came; bytes."""

    keys: list[Any]
    stamps: list[Any]
    flags: list[Any]
    raws: list[Any]


class Splitter(Protocol):
    """Cuts the body of a page; raises ValueError for what is no such body."""

    def __call__(self, body: bytes) -> Pieces: ...


def page_digest(body: bytes) -> str:
    """Return a digest of the page's records alone: what stands before them varies."""
    found = RECORDS.search(body, 0, 4096)
    start = found.end() if found else 0
    return hashlib.sha256(memoryview(body)[start:]).hexdigest()


def split(body: bytes, *, splitter: Splitter, warn: Callable[[str], None]) -> list[Row]:
    """Return the rows of a page. Raises Corrupt when it is not what was asked for."""
    try:
        return _split(body, splitter, warn)
    except UnicodeDecodeError:
        warn("An answer held bytes that are no characters; they were replaced.")
        return split(_as_characters(body), splitter=splitter, warn=warn)
    except (ValueError, RecursionError) as error:
        corrupt = Corrupt(f"A page of records is not what was asked: {error}")
        corrupt.excerpt = start_of(body)
        raise corrupt from error


def _split(body: bytes, splitter: Splitter, warn: Callable[[str], None]) -> list[Row]:
    pieces = splitter(body)
    if not body.isascii():
        body.decode()
    if needs_scrubbing(body):
        raws = [
            _scrubbed(key, raw, warn)
            for key, raw in zip(pieces.keys, pieces.raws, strict=True)
        ]
        pieces = pieces._replace(raws=raws)
    return _rows(pieces)


def _as_characters(body: bytes) -> bytes:
    """Return a body as UTF-8 whatever it was; halves of pairs become one U+FFFD."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    return scrubbed_text(text).encode()


def _rows(pieces: Pieces) -> list[Row]:
    """Make the rows, whole columns at a time: no loop of ours calls a function."""
    keys, stamps, flags, raws = pieces
    if not {bool, NoneType}.issuperset(map(type, flags)):
        raise ValueError("IsDeleted is neither true nor false")
    states = [DELETED if flag else LIVE for flag in flags]
    hashes = map(content_hash, raws)
    data = map(bytes, raws)  # copies, so that the page itself can go
    return rows_of(checked_ids(keys), states, checked_stamps(stamps), hashes, data)


def _scrubbed(key: Any, raw: Any, warn: Callable[[str], None]) -> Any:
    """Take characters that no database stores out of a record that has some."""
    if not needs_scrubbing(bytes(raw)):
        return raw
    clean, was_dirty = scrub(bytes(raw))
    if was_dirty:
        warn(f"{key}: characters that no database stores were taken out.")
    return clean


def checked_ids(values: Sequence[Any]) -> Sequence[str]:
    """Return record ids with 18 characters; ValueError when one is no id."""
    if (
        {str}.issuperset(map(type, values))
        and {18}.issuperset(map(len, values))
        and "".join(values).isalnum()
    ):
        return values
    return [_checked_id(value) for value in values]


def _checked_id(value: Any) -> str:
    if isinstance(value, str) and ids.is_id(value):
        return value if len(value) == 18 else ids.to_18(value)
    raise ValueError("a record without an Id")


def checked_stamps(values: Sequence[Any]) -> Sequence[str | None]:
    """Return timestamps as they are; ValueError when one is neither that nor null."""
    present = [value for value in values if value is not None]
    if {str}.issuperset(map(type, present)):
        lines = "\n".join([*present, ""])
        if lines.count("\n") == len(present) and STAMPS.fullmatch(lines):
            return values
    for value in present:
        if not (type(value) is str and STAMP.fullmatch(value)):
            raise ValueError(f"{value!r:.40} is not a timestamp")
    return values


def splitter_for(stamp_field: str) -> Splitter:
    """Return the fastest splitter that is installed."""
    if msgspec is None:
        return scanning_splitter(stamp_field)
    head: Any = msgspec.defstruct(
        "Head",
        [
            ("record_id", Any, msgspec.field(name="Id", default=None)),
            ("stamp", Any, msgspec.field(name=stamp_field or "-", default=None)),
            ("is_deleted", Any, msgspec.field(name="IsDeleted", default=None)),
        ],
        gc=False,  # they refer to nothing that refers to them
    )
    page: Any = msgspec.defstruct("Page", [("records", list[msgspec.Raw])])
    read_page = msgspec.json.Decoder(page).decode
    read_head = msgspec.json.Decoder(head).decode
    by_scanning = scanning_splitter(stamp_field)

    def by_msgspec(body: bytes) -> Pieces:
        try:
            raws = read_page(body).records
            heads = list(map(read_head, raws))
        except msgspec.MsgspecError as error:
            if needs_scrubbing(body):  # it refuses lone surrogates; orgs send them
                return by_scanning(body)
            raise ValueError(str(error)) from error
        return Pieces(
            keys=[head.record_id for head in heads],
            stamps=[head.stamp for head in heads],
            flags=[head.is_deleted for head in heads],
            raws=raws,
        )

    return by_msgspec


def scanning_splitter(stamp_field: str) -> Splitter:
    """Return a splitter of the standard library: it notes where each record ends."""
    decoder: Any = json.JSONDecoder(parse_constant=_refuse)
    scan = decoder.scan_once

    def by_scanning(body: bytes) -> Pieces:
        text = body.decode()
        found = re.search(r'"records"\s*:\s*\[', text)
        if not found:
            raise ValueError("no records")
        pieces, place = Pieces([], [], [], []), _skip(text, found.end())
        while not text.startswith("]", place):
            try:
                record, end = scan(text, place)
            except StopIteration as error:
                raise ValueError("cut within a record") from error
            _add(pieces, record, stamp_field)
            pieces.raws.append(text[place:end].encode())
            place = _skip(text, end)
            if text.startswith(",", place):
                place = _skip(text, place + 1)
            elif not text.startswith("]", place):
                raise ValueError("cut between two records")
        json.loads(text[: found.end()] + text[place:])
        return pieces

    return by_scanning


def _add(pieces: Pieces, record: Any, stamp_field: str) -> None:
    if not isinstance(record, dict):
        raise ValueError("a record is not an object")  # noqa: TRY004 - it is input
    pieces.keys.append(record.get("Id"))
    pieces.stamps.append(record.get(stamp_field))
    pieces.flags.append(record.get("IsDeleted"))


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] in (" ", "\n", "\r", "\t"):
        place += 1
    return place


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
