"""Reads and writes the CSV of Bulk jobs, strictly and piece by piece.

Every row must have the header's number of columns and every quoted field its end, so a
cut answer is Corrupt and never a shorter one. Fields may hold line breaks; NUL bytes,
which orgs do send, are dropped, and bytes that are no characters replaced. An empty
field is null: Salesforce has no empty texts.
"""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NoReturn, TypeAlias

from sfconnector.characters import clean_text, readable
from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.bodies import start_of
from sfconnector.texts import gettext_noop as _

Columns: TypeAlias = Sequence[Sequence[bytes]]
"""Some rows of an answer by column: the cells in UTF-8, without quotes and NUL."""

_LONGEST_ROW = 64 * 1024 * 1024
BLOCK_BYTES = 512 * 1024
"""What is cut into cells at once, and about what ``by_column`` gives."""
_NO_RECORDS = "records not found for this query"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_ROW))


class RowReader:
    """Rows of one CSV answer. ``columns`` is known at once, empty for an empty body.

    ``whole_at_newline`` demands that the body ends with a line break, for answers
    whose length was told by nothing else.
    """

    def __init__(
        self, pieces: Iterable[bytes], *, whole_at_newline: bool = False
    ) -> None:
        self._start = b""
        self._must_end = whole_at_newline
        blocks = self._whole_rows(pieces)
        first = next(blocks, b"").removeprefix(_BYTE_ORDER_MARK)
        end = _end_of_first_row(first)
        self._blocks = filter(None, chain([first[end:]], blocks))
        header = next(iter(self._by_csv(first[:end].replace(b"\x00", b""))), [])
        self.count = 0
        """Rows given so far."""
        self._cleaned: dict[frozenset[str], list[str]] = {}
        self.columns: tuple[str, ...] = tuple(header)
        if [name.lower() for name in self.columns] == [_NO_RECORDS]:
            self.columns = ()
        if len(set(self.columns)) != len(self.columns):
            self._refuse(_("names a column twice"))

    def by_column(self) -> Iterator[Columns]:
        """Give the cells column by column, some hundred kilobytes at a time.

        Raises Corrupt at a row that is none, once what stands before was given.
        """
        for block in self._blocks:
            columns = self._columns(block, len(self.columns))
            self.count += len(columns[0])
            yield columns

    def batches(self, size: int = 2_000) -> Iterator[list[list[str]]]:
        """Give the rows in lists of up to ``size``; raise Corrupt at a bad one."""
        rows = (
            list(row)
            for columns in self.by_column()
            for row in zip(*map(texts, columns), strict=True)
        )
        while batch := list(islice(rows, size)):
            yield batch

    def take_cleaned(self) -> Mapping[frozenset[str], Sequence[str]]:
        """Return the ids of rows cleaned since the last call, by their columns."""
        taken, self._cleaned = self._cleaned, {}
        return taken

    @property
    def excerpt(self) -> str:
        """How the answer began, redacted, for the log of what is wrong with it."""
        return start_of(self._start)

    def _whole_rows(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Give the answer cut between rows; the last block as it ended."""
        rest, wanted = bytearray(), BLOCK_BYTES
        for piece in pieces:
            self._start = self._start or piece[:1_000]
            rest += piece
            while len(rest) >= wanted:
                end = _end_of_last_row(rest, wanted)
                if end:
                    yield bytes(rest[:end])
                    del rest[:end]
                elif wanted > _LONGEST_ROW:
                    self._refuse(_("has a row that does not end"))
                # A row without an end is not looked through again for every piece.
                wanted = BLOCK_BYTES if end else 2 * wanted
        if self._must_end and rest and not rest.endswith(b"\n"):
            self._refuse(_("was cut: it does not end with a line break"))
        if rest:
            yield bytes(rest)

    def _columns(self, block: bytes, width: int) -> Columns:
        stand_in = ""
        if not block.isascii():
            block, stand_in = readable(block)
        if stand_in or b"\x00" in block:
            return self._clean_columns(block, width, stand_in)
        columns = _quickly(block, width)
        return self._slowly(block, width) if columns is None else columns

    def _clean_columns(self, block: bytes, width: int, stand_in: str) -> Columns:
        """Cut a block that holds what no database stores; count it by its columns.

        The block is cut without it, as any other. Whose it was is told by a second cut
        with it, which may fail where it stood between two fields.
        """
        clean = clean_text(block.decode(), stand_in).encode()
        columns = _quickly(clean, width)
        if columns is None:
            columns = self._slowly(clean, width)
        marks = {"\x00", stand_in} - {""}
        names = [name.lower() for name in self.columns]
        place = names.index("id") if "id" in names else None
        with contextlib.suppress(Corrupt):
            for row in zip(*self._texts(block, width), strict=True):
                dirty = frozenset(
                    name
                    for name, cell in zip(self.columns, row, strict=True)
                    if any(mark in cell for mark in marks)
                )
                if dirty:
                    key = row[place] if place is not None else ""
                    self._cleaned.setdefault(dirty, []).append(clean_text(key))
        return columns

    def _slowly(self, block: bytes, width: int) -> Columns:
        return list(map(_cells, self._texts(block, width)))

    def _texts(self, block: bytes, width: int) -> Sequence[Sequence[str]]:
        rows = self._by_csv(block)
        for row in rows:
            if len(row) != width or not row:
                self._refuse(
                    _("has a row of {count} columns where {width} are named").format(
                        count=len(row), width=width
                    )
                )
        return list(zip(*rows, strict=True))

    def _by_csv(self, block: bytes) -> list[list[str]]:
        text = io.StringIO(self._decoded(block), newline="")
        try:
            return list(csv.reader(text, strict=True))
        except csv.Error:
            self._refuse(_("was cut or is malformed"))

    def _decoded(self, block: bytes) -> str:
        try:
            return block.decode()
        except UnicodeDecodeError:
            self._refuse(_("is not UTF-8"))

    def _refuse(self, what: str) -> NoReturn:
        corrupt = Corrupt(_("The CSV answer {what}.").format(what=what))
        corrupt.excerpt = self.excerpt
        raise corrupt from None


def texts(column: Sequence[bytes]) -> list[str]:
    """Return the cells of a column as text."""
    return b"\x00".join(column).decode().split("\x00")


def _cells(column: Sequence[str]) -> list[bytes]:
    return "\x00".join(column).encode().split(b"\x00")


def _end_of_first_row(block: bytes) -> int:
    """Return where the first row ends: at the first line break outside of quotes."""
    end = block.find(b"\n") + 1
    while end and block.count(b'"', 0, end) % 2:
        end = block.find(b"\n", end) + 1
    return end or len(block)


def _end_of_last_row(block: bytearray, size: int) -> int:
    """Return where the last row ends that does within ``size`` bytes; 0: none does.

    Behind an odd number of quotes a line break is a part of a field.
    """
    end = block.rfind(b"\n", 0, size) + 1
    quotes = block.count(b'"', 0, end)
    while end and quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end = before
    return end


def _quickly(block: bytes, width: int) -> Columns | None:
    """Cut rows whose fields are all quoted; None when it takes the slow way.

    Cut are the bytes between two quotes that end a field and begin another. Where a
    row has no other quotes than these, there is no other way to read it: so many cells
    as columns take two quotes each, and so none is left within one.
    """
    if not (width and block.startswith(b'"') and block.endswith(b'"\n')):
        return None
    lines = block[1:-2].split(b'"\n"')
    holders: set[int] = set()
    for number, line in enumerate(lines):
        if line.count(b'"') != 2 * width - 2:
            without = _without_quotes(line, width, holders)
            if without is None:
                return None
            lines[number] = without
    cells = b'","'.join(lines).split(b'","')
    if len(cells) != len(lines) * width:
        return None
    columns = [cells[place::width] for place in range(width)]
    for place in holders:
        columns[place] = [cell.replace(b"\x00", b'"') for cell in columns[place]]
    return columns


def _without_quotes(line: bytes, width: int, holders: set[int]) -> bytes | None:
    """Write NUL, which no field holds, for the doubled quotes within fields.

    Notes the places of such fields; None when there is more than that to the line.
    """
    cells = line.split(b'","')
    if len(cells) != width:
        return None
    for place, cell in enumerate(cells):
        if b'"' in cell:
            cells[place] = cell.replace(b'""', b"\x00")
            holders.add(place)
    whole = b'","'.join(cells)
    return whole if whole.count(b'"') == 2 * width - 2 else None


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV body for an ingest job: LF, everything quoted, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()
