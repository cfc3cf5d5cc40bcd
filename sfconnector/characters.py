"""Texts that every database stores, whatever bytes and characters an org sent.

Stored are neither NUL characters, which PostgreSQL refuses, nor halves of surrogate
pairs, nor bytes that are no UTF-8. The first are dropped, the others become U+FFFD, the
replacement character. Every reader of answers uses these functions, so that a record
is the same by whichever way it came.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

REPLACEMENT = "\ufffd"
_HALVES = re.compile(rb"(?:\xed[\xa0-\xbf][\x80-\xbf])+")
"""Halves of surrogate pairs, written as if each were a character (CESU-8)."""
_PIECE = 16 * 1024
"""Bytes decoded at a time: to get memory for a whole page takes longer than that."""
_utf8_decoder = codecs.getincrementaldecoder("utf-8")
_STAND_INS = tuple(map(chr, range(0xFDD0, 0xFDF0)))
"""Code points that are set aside for use within a program: no text holds them."""


def readable(raw: bytes) -> tuple[bytes, str]:
    """Return bytes as UTF-8, and the character that stands where they were none.

    The character is "" when all was well. ``clean_text`` puts U+FFFD in its place: so
    what was replaced can be told from a U+FFFD that the org sent.
    """
    try:
        _check_utf8(raw)
    except UnicodeDecodeError:
        stand_in = next(one for one in _STAND_INS if one.encode() not in raw)
        paired = _HALVES.sub(lambda found: _paired(found[0], stand_in), raw)
        text = paired.decode("utf-8", "replace")
        # What decode() replaced, but not the U+FFFD that were there before.
        if REPLACEMENT.encode() not in paired:
            return text.replace(REPLACEMENT, stand_in).encode(), stand_in
        return _replaced(paired, stand_in), stand_in
    return raw, ""


def _check_utf8(raw: bytes) -> None:
    decoder = _utf8_decoder()
    for start in range(0, len(raw), _PIECE):
        decoder.decode(raw[start : start + _PIECE])
    decoder.decode(b"", final=True)


def _paired(halves: bytes, stand_in: str) -> bytes:
    """Join the halves that are pairs; a half without the other is no character."""
    text = _without_halves(halves.decode("utf-8", "surrogatepass"))
    return text.replace(REPLACEMENT, stand_in).encode()


def _replaced(raw: bytes, stand_in: str) -> bytes:
    """Replace bytes that are no characters, beside U+FFFD that were sent as such."""
    sent = REPLACEMENT.encode()
    parts = [part.decode("utf-8", "replace") for part in raw.split(sent)]
    return sent.join(part.replace(REPLACEMENT, stand_in).encode() for part in parts)


def clean_text(text: str, stand_in: str = "") -> str:
    """Return a text that every database stores."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    if stand_in:
        text = text.replace(stand_in, REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _without_halves(text)
    return text


def clean_value(value: Any, stand_in: str = "") -> Any:
    """Return decoded JSON whose texts every database stores, at any depth."""
    if isinstance(value, str):
        return clean_text(value, stand_in)
    if isinstance(value, list):
        return [clean_value(item, stand_in) for item in value]
    if isinstance(value, dict):
        return {  # texts at once: a call more for each would take twice as long
            clean_text(key, stand_in): clean_text(item, stand_in)
            if isinstance(item, str)
            else clean_value(item, stand_in)
            if isinstance(item, dict | list)
            else item
            for key, item in value.items()
        }
    return value


def _without_halves(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
