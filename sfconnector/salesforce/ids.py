"""Record ids: 15 characters with case, or 18 where a suffix carries the case."""

from __future__ import annotations

import re

_SHORT = 15
_SUFFIXES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")


def is_id(text: str) -> bool:
    """Tell whether a text has the form of a record id."""
    return bool(_ID.fullmatch(text))


def to_18(identity: str) -> str:
    """Give the 18-character form of an id, by which ids are compared.

    Each of the three suffix characters tells which of five characters are capitals.
    A text of another length is given back as it is.
    """
    if len(identity) != _SHORT:
        return identity
    blocks = (identity[start : start + 5] for start in range(0, _SHORT, 5))
    return identity + "".join(_suffix(block) for block in blocks)


def _suffix(block: str) -> str:
    bits = sum(1 << place for place, one in enumerate(block) if "A" <= one <= "Z")
    return _SUFFIXES[bits]
