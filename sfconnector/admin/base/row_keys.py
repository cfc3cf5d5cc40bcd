"""Keys of rows as they come in addresses and forms: a number, or nothing."""

from __future__ import annotations

_MOST_DIGITS = 18
"""Fits into 64 bits. Python refuses to read numbers of more than 4,300 digits."""


def row_key(text: str | None) -> int:
    """Read a key; 0, which no row has, for what cannot be one.

    Such as ``²``, of which ``str.isdigit`` says yes and ``int`` no.
    """
    if text and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    return 0
