"""Reads and writes the CSV of Bulk jobs, strictly and piece by piece.

Every row must have the header's number of columns and every quoted field its end, so a
cut answer is Corrupt and never a shorter one. Fields may hold line breaks; NUL bytes,
which orgs do send, are dropped. An empty field is null: Salesforce has no empty texts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NoReturn

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.bodies import start_of

_LONGEST_FIELD = 64 * 1024 * 1024
_BUFFER = 256 * 1024
_NO_RECORDS = "records not found for this query"

csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))


class RowReader:
    """Rows of one CSV answer. ``columns`` is known at once, empty for an empty body.

    ``whole_at_newline`` demands that the body ends with a line break, for answers
    whose length was told by nothing else.
    """

    def __init__(
        self, pieces: Iterable[bytes], *, whole_at_newline: bool = False
    ) -> None:
        self._source = _Source(pieces)
        self._must_end = whole_at_newline
        buffered = io.BufferedReader(self._source, buffer_size=_BUFFER)
        text = io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="")
        self._csv = csv.reader(text, strict=True)
        self.count = 0
        """Rows given so far."""
        self.columns: tuple[str, ...] = tuple(next(iter(self._take(1)), ()))
        if [name.lower() for name in self.columns] == [_NO_RECORDS]:
            self.columns = ()
        if len(set(self.columns)) != len(self.columns):
            self._refuse("names a column twice")

    def batches(self, size: int = 2_000) -> Iterator[list[list[str]]]:
        """Give the rows in lists of up to ``size``; raise Corrupt at a bad one."""
        width = len(self.columns)
        while batch := self._take(size):
            for row in batch:
                if len(row) != width:
                    self._refuse(
                        f"has a row of {len(row)} columns where {width} are named"
                    )
            if len(batch) < size:
                self._check_end()
            self.count += len(batch)
            yield batch
        self._check_end()

    def _check_end(self) -> None:
        if self._must_end and not self._source.ended_with_newline:
            self._refuse("was cut: it does not end with a line break")

    @property
    def excerpt(self) -> str:
        """How the answer began, redacted, for the log of what is wrong with it."""
        return start_of(self._source.start)

    def _refuse(self, what: str) -> NoReturn:
        corrupt = Corrupt(f"The CSV answer {what}.")
        corrupt.excerpt = self.excerpt
        raise corrupt from None

    def _take(self, size: int) -> list[list[str]]:
        try:
            return list(islice(self._csv, size))
        except csv.Error:
            self._refuse("was cut or is malformed")
        except UnicodeDecodeError:
            self._refuse("is not UTF-8")


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV body for an ingest job: LF, everything quoted, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


class _Source(io.RawIOBase):
    """Pieces as a readable stream, without NUL bytes."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self.start = b""
        self.ended_with_newline = True

    def readable(self) -> bool:
        """Tell that this stream can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # RawIOBase takes any buffer, BufferedReader gives this one
        """Fill the buffer with the next bytes; 0 at the end."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._take(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _take(self, piece: bytes) -> None:
        if b"\x00" in piece:
            piece = piece.replace(b"\x00", b"")
        if piece:
            self.start = self.start or piece[:1_000]
            self.ended_with_newline = piece.endswith(b"\n")
        self._rest = memoryview(piece)
