"""The body of a request, read from its connection."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase
from typing import Final

LARGEST: Final = 160 * 1024 * 1024
"""Largest request body in bytes: above Bulk API 2.0's 150 MB upload."""
LONGEST_LINE: Final = 8192
"""Longest line between the chunks of a body, in bytes."""


class BadBodyError(Exception):
    """A body that cannot be read; the status says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read_body(stream: BufferedIOBase, headers: Message) -> bytes:
    """The whole body. Raises `BadBodyError`, and EOFError when the client hung up."""
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        return b"".join(_chunks(stream))
    return _read(stream, _size(headers.get("Content-Length") or "0", 10))


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    before = 0
    while size := _size(_line(stream).partition(";")[0], 16):
        yield _read(stream, size, before=before)
        before += size
        _line(stream)
    while _line(stream):
        pass


def _line(stream: BufferedIOBase) -> str:
    line = stream.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError if len(line) < LONGEST_LINE else BadBodyError(400)
    return line.decode("latin-1").strip()


def _read(stream: BufferedIOBase, size: int, *, before: int = 0) -> bytes:
    if before + size > LARGEST:
        raise BadBodyError(413)
    data = stream.read(size) if size else b""
    if len(data) < size:
        raise EOFError
    return data


def _size(text: str, base: int) -> int:
    """A size as HTTP writes it: digits alone, without sign, blank or underscore."""
    text = text.strip()
    if not text.isascii() or not text.isalnum():
        raise BadBodyError(400)
    try:
        return int(text, base)
    except ValueError:
        raise BadBodyError(400) from None
