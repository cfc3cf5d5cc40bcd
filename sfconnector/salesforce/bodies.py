"""Turns the bytes of an answer into its body, and refuses one that is not whole.

``requests`` accepts a gzip stream that was cut (its end is never looked at) and
inflates without a bound, so both are checked here.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, TypeVar

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.redaction import redact
from sfconnector.texts import gettext_noop as _

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 256 * 1024
"""Most bytes inflated at once, so that a bomb is noticed while it is small."""

T = TypeVar("T")

MOST_CONTAINERS = 500_000
MOST_PARTS = 2_500_000
"""Objects and lists of a body, and all values of it: a page of 2,000 wide records has
a tenth. An empty list is two bytes on the wire and 56 in memory."""
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*+\\?"?', re.DOTALL)


def inflate(raw: Iterable[bytes], *, encoding: str) -> Iterator[bytes]:
    """Undo the content encoding piece by piece; raise Corrupt at a cut end."""
    if encoding in {"", "identity"}:
        yield from raw
        return
    if encoding not in {"gzip", "x-gzip"}:
        message = _(
            "The answer is encoded in {encoding!r}, which was not asked for."
        ).format(encoding=encoding)
        raise Corrupt(message)
    yield from _gunzip(raw)


def cap(pieces: Iterable[bytes], *, maximum: int) -> Iterator[bytes]:
    """Pass pieces on until they exceed ``maximum`` bytes, then raise Corrupt."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > maximum:
            raise _too_much(
                _("The answer is larger than the {maximum:,} bytes allowed.").format(
                    maximum=maximum
                )
            )
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
        message = _("The answer was cut: its gzip stream has no end.")
        raise Corrupt(message)


def _feed(engine: Any, piece: bytes) -> bytes:
    try:
        out: bytes = engine.decompress(piece, _STEP)
    except zlib.error:
        message = _("The answer's gzip stream is damaged.")
        raise Corrupt(message) from None
    return out


def parse_json(content: bytes, expect: type[T]) -> T:
    """Read a JSON body strictly, or raise Corrupt.

    Refused are cut and invalid texts, NaN and Infinity, doubled keys, lone surrogates,
    numbers too long to read, more values than memory should hold, and a value that is
    not of the type ``expect``.
    """
    check_parts(content)
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        message = _("The answer is not valid JSON; it starts with: {start}").format(
            start=start_of(content)
        )
        raise Corrupt(message) from None
    if not isinstance(value, expect):
        found, wanted = type(value).__name__, expect.__name__
        message = _(
            "The answer is a JSON {found} where a {wanted} was expected."
        ).format(found=found, wanted=wanted)
        raise Corrupt(message)
    return value


def check_parts(
    content: bytes,
    *,
    most_containers: int = MOST_CONTAINERS,
    most_parts: int = MOST_PARTS,
) -> None:
    """Raise Corrupt for JSON that would be far larger in memory than it is on the wire.

    Counted before anything is decoded; signs within texts count only when need be.
    """
    if _has_too_many(content, most_containers, most_parts):
        bare = _TEXT.sub(b"", content)
        if _has_too_many(bare, most_containers, most_parts):
            raise _too_much(
                _(
                    "The answer holds more than {lists:,} lists and objects, "
                    "or more than {values:,} values."
                ).format(lists=most_containers, values=most_parts)
            )


def _too_much(message: str) -> Corrupt:
    """Make the error of an answer that is too large, and would be so once more."""
    error = Corrupt(message, remedy=_("Ask for less: fewer fields or fewer rows."))
    error.retry = False
    return error


def _has_too_many(content: bytes, most_containers: int, most_parts: int) -> bool:
    containers = content.count(b"[") + content.count(b"{")
    parts = containers + content.count(b",")
    return containers > most_containers or parts > most_parts


def start_of(content: bytes) -> str:
    """Give the first 200 characters of a body, without what looks like a secret."""
    return redact(content[:1_000].decode("utf-8", "replace"))[:200]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        message = "a key occurs twice"
        raise ValueError(message)
    return made


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        message = "a number is too large"
        raise ValueError(message)
    return number


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)
