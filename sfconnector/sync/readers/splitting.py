"""Cut a page of records into rows without writing anew what is in its normal form.

A page is cut into the bytes of its records. Most orgs answer in the normal form of
``records.Form``, so those bytes are the row. Whether they are is told by what costs
little: each asked-for field is found by name, texts are read (see ``quick``), numbers
are looked at by column, and of each page one record is written anew and compared. What
fails is looked through for what to mend, and written anew where it has to be.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, NamedTuple

from sfconnector import exact_json
from sfconnector.characters import readable
from sfconnector.records import Row, content_hash, rows_of
from sfconnector.sync.readers.checking import (
    DELETED,
    LIVE,
    checked_ids,
    checked_stamps,
    refused,
)
from sfconnector.sync.readers.mending import WHOLE, Mender
from sfconnector.sync.readers.pieces import (
    EMPTY,
    Pieces,
    Splitter,
    add,
    scanning_splitter,
    splitter_for,
)
from sfconnector.sync.readers.quick import quick_splitter
from sfconnector.sync.shape import Shape

RECORDS = re.compile(rb'"records"\s*:\s*\[')
ESCAPE = re.compile(rb"\\[u/]")
"""Characters that the normal form writes otherwise, most of them."""
BACKSLASH = ord("\\")


class Cut(NamedTuple):
    """A page that was cut into rows."""

    rows: list[Row]
    cleaned: Mapping[str, Sequence[str]]
    """By field, the ids of records in which it held what no database stores."""


def page_digest(body: bytes) -> str:
    """Return a digest of the page's records alone: what stands before them varies."""
    found = RECORDS.search(body, 0, 4096)
    start = found.end() if found else 0
    return hashlib.sha256(memoryview(body)[start:]).hexdigest()


class Cutter:
    """Cuts the pages of one query into rows in the normal form."""

    def __init__(
        self, shape: Shape, *, version: str, splitter: Splitter | None = None
    ) -> None:
        self._shape = shape
        self._form = shape.form(version)
        self._mend = Mender(self._form)
        self._given = splitter
        self._is_quick = splitter is None
        self._tells_deleted = "IsDeleted" in shape.fields
        self._stamp_field = shape.cursor_field

    @functools.cached_property
    def _quickly(self) -> Splitter | None:
        return quick_splitter(self._shape)

    @functools.cached_property
    def _splitter(self) -> Splitter:
        return self._given or splitter_for(self._shape)

    @functools.cached_property
    def _careful(self) -> Splitter:
        return scanning_splitter(self._shape)

    def __call__(self, body: bytes) -> Cut:
        """Cut a page. Raises Corrupt when it is not what was asked for."""
        try:
            return self._cut(body)
        except (ValueError, RecursionError) as error:
            raise refused(body, error) from error

    def write(
        self, records: Sequence[Mapping[str, Any]], *, stand_in: str, body: bytes
    ) -> Cut:
        """Make rows of decoded records. Raises Corrupt at one that is none.

        ``body`` is the page they came with, of which the error shows the beginning.
        """
        try:
            return self._written(records, stand_in)
        except (ValueError, RecursionError) as error:
            raise refused(body, error) from error

    def _written(self, records: Sequence[Mapping[str, Any]], stand_in: str = "") -> Cut:
        pieces = Pieces([], [], [], [], set())
        cleaned: dict[str, list[str]] = {}
        for record in records:
            add(pieces, record, self._form.members, self._stamp_field)
        keys = checked_ids(pieces.keys)
        raws = [
            self._form.write(record, record_id=key, cleaned=cleaned, stand_in=stand_in)
            for key, record in zip(keys, records, strict=True)
        ]
        return Cut(self._rows(pieces, keys, raws), cleaned)

    def _cut(self, body: bytes) -> Cut:
        if not (pieces := self._at_one_look(body)):
            return self._looked_through(body)
        keys = checked_ids(pieces.keys)
        self._mend(pieces.raws, pieces.odd)
        if not self._is_normal(keys, pieces.raws):
            return self._written(list(map(exact_json.loads, pieces.raws)))
        return self._finished(pieces, keys)

    def _at_one_look(self, body: bytes) -> Pieces | None:
        """Cut a page at one look; None where that does not do.

        An org that answered otherwise once does so again, so it is not tried any more.
        """
        if self._is_quick and self._quickly:
            try:
                return self._quickly(WHOLE.sub(b"", body))
            except (ValueError, RecursionError):
                self._is_quick = False
        return None

    def _looked_through(self, body: bytes) -> Cut:
        """Cut a page, all of whose bytes are looked at for what has to be mended."""
        stand_in = ""
        if not body.isascii():
            body, stand_in = readable(body)
        body = WHOLE.sub(b"", body)
        try:
            pieces = self._splitter(body)
        except ValueError:  # a name in another case, or what msgspec does not read
            pieces = self._careful(body)
        keys = checked_ids(pieces.keys)
        self._mend(pieces.raws, pieces.odd)
        if stand_in or not self._is_normal(keys, pieces.raws):
            return self._written(list(map(exact_json.loads, pieces.raws)), stand_in)
        return self._finished(pieces, keys, has_empty=EMPTY.search(body) is not None)

    def _finished(
        self, pieces: Pieces, keys: Sequence[str], *, has_empty: bool = False
    ) -> Cut:
        """Make rows, and write anew those that hold what the normal form does not."""
        cleaned: dict[str, list[str]] = {}
        raws = pieces.raws
        for n, raw in enumerate(raws):
            # A number is found quicker than a byte, and most have no backslash.
            has_escape = BACKSLASH in raw and ESCAPE.search(raw)
            if has_escape or (has_empty and EMPTY.search(raw)):
                record = exact_json.loads(raw)
                raws[n] = self._form.write(record, record_id=keys[n], cleaned=cleaned)
        return Cut(self._rows(pieces, keys, raws), cleaned)

    def _is_normal(self, keys: Sequence[str], raws: Sequence[bytes]) -> bool:
        """Tell whether the first record, written anew, is what it was.

        An org answers all records of a page alike: in this order, with these spaces.
        """
        if not raws:
            return True
        first = exact_json.loads(raws[0])
        return self._form.write(first, record_id=keys[0]) == raws[0]

    def _rows(
        self, pieces: Pieces, keys: Sequence[str], raws: Sequence[bytes]
    ) -> list[Row]:
        """Make the rows, whole columns at a time: no loop of ours calls a function."""
        states: Iterable[int] = repeat(LIVE)
        if self._tells_deleted:
            if not {bool}.issuperset(map(type, pieces.flags)):
                raise ValueError("IsDeleted is neither true nor false")
            states = [DELETED if flag else LIVE for flag in pieces.flags]
        stamps = checked_stamps(pieces.stamps)
        return rows_of(keys, states, stamps, map(content_hash, raws), raws)
