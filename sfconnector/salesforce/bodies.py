"""Turns the bytes of an answer into its body, and refuses one that is not whole.

``requests`` accepts a gzip stream that was cut (its end is never looked at) and
inflates without a bound, so both are checked here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.redaction import redact

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 256 * 1024
"""Most bytes inflated at once, so that a bomb is noticed while it is small."""

T = TypeVar("T")


def inflate(raw: Iterable[bytes], *, encoding: str) -> Iterator[bytes]:
    """Undo the content encoding piece by piece; raise Corrupt at a cut end."""
    if encoding in {"", "identity"}:
        yield from raw
        return
    if encoding not in {"gzip", "x-gzip"}:
        message = f"The answer is encoded in {encoding!r}, which was not asked for."
        raise Corrupt(message)
    yield from _gunzip(raw)


def cap(pieces: Iterable[bytes], *, maximum: int) -> Iterator[bytes]:
    """Pass pieces on until they exceed ``maximum`` bytes, then raise Corrupt."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > maximum:
            message = f"The answer is larger than the {maximum:,} bytes allowed."
            raise Corrupt(message, remedy="Ask for less: fewer fields or fewer rows.")
        yield piece


def _gunzip(raw: Iterable[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj(_GZIP)
    seen = False
    for piece in raw:
        seen, rest = True, piece
        while rest:
            if engine.eof:
                engine = zlib.decompressobj(_GZIP)
            out = _feed(engine, rest)
            rest = engine.unconsumed_tail or engine.unused_data
            yield out
    while not engine.eof and (out := _feed(engine, b"")):
        yield out
    if seen and not engine.eof:
        message = "The answer was cut: its gzip stream has no end."
        raise Corrupt(message)


def _feed(engine: Any, piece: bytes) -> bytes:
    try:
        out: bytes = engine.decompress(piece, _STEP)
    except zlib.error:
        message = "The answer's gzip stream is damaged."
        raise Corrupt(message) from None
    return out


def parse_json(content: bytes, expect: type[T]) -> T:
    """Read a JSON body strictly, or raise Corrupt.

    Refused are cut and invalid texts, NaN and Infinity, doubled keys, lone surrogates,
    numbers too long to read, and a value that is not of the type ``expect``.
    """
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        message = f"The answer is not valid JSON; it starts with: {start_of(content)}"
        raise Corrupt(message) from None
    if not isinstance(value, expect):
        found, wanted = type(value).__name__, expect.__name__
        message = f"The answer is a JSON {found} where a {wanted} was expected."
        raise Corrupt(message)
    return value


def start_of(content: bytes) -> str:
    """Give the first 200 characters of a body, without what looks like a secret."""
    return redact(content[:1_000].decode("utf-8", "replace"))[:200]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        message = "a key occurs twice"
        raise ValueError(message)
    return made


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
