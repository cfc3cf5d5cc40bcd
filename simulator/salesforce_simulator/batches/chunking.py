"""PK chunking: one query becomes several, each for a range of ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from salesforce_simulator.batches.errors import AsyncError
from salesforce_simulator.store import Store

DEFAULT_SIZE: Final = 100_000
MAX_SIZE: Final = 250_000
_SIZE = re.compile(r"chunkSize\s*=\s*(\d+)", re.IGNORECASE)
_START = re.compile(r"startRow\s*=\s*(\w{15,18})", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\b", re.IGNORECASE)
_TAIL = re.compile(r"\b(ORDER\s+BY|LIMIT|OFFSET|GROUP\s+BY)\b", re.IGNORECASE)


class Chunking:
    """What ``Sforce-Enable-PKChunking`` asks for. Raises `AsyncError`."""

    def __init__(self, header: str) -> None:
        found = _SIZE.search(header)
        self.size = int(found[1]) if found else DEFAULT_SIZE
        start = _START.search(header)
        self.start = start[1] if start else ""
        if not 0 < self.size <= MAX_SIZE:
            message = f"chunkSize must be between 1 and {MAX_SIZE}, not {self.size}"
            raise AsyncError("InvalidPkChunkingHeader", message)

    @classmethod
    def asked(cls, header: str) -> Chunking | None:
        """The chunking that a header asks for, None for none."""
        word = header.strip().lower()
        return None if word in {"", "false"} else cls(header)

    def statements(self, text: str, *, store: Store, sobject: str) -> Iterator[str]:
        """The statement once for each range of ids, deleted rows counted."""
        if _TAIL.search(_unquoted(text)):
            raise AsyncError(
                "InvalidBatch", "PK chunking takes a WHERE clause and no other."
            )
        for low, high in pairwise(self._bounds(store, sobject)):
            yield _bounded(text.strip(), low, high)

    def _bounds(self, store: Store, sobject: str) -> list[str]:
        """The first id of each range, and an end that is after every id."""
        rows = store.scan(sobject, include_deleted=True)
        ids = [str(row["Id"]) for row in rows if str(row["Id"]) >= self.start]
        return [*ids[:: self.size], ""] if ids else ["", ""]


def _bounded(text: str, low: str, high: str) -> str:
    bounds = [f"Id >= '{low}'"] if low else []
    if high:
        bounds.append(f"Id < '{high}'")
    if not bounds:
        return text
    found = _WHERE.search(text)
    if not found:
        return f"{text} WHERE {' AND '.join(bounds)}"
    condition = text[found.end() :].strip()
    return f"{text[: found.start()]}WHERE {' AND '.join(bounds)} AND ({condition})"


def _unquoted(text: str) -> str:
    return re.sub(r"'(?:\\.|[^'\\])*'", "''", text)
