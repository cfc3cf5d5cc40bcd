"""Numbers that look random and depend on nothing but the seed and a row's number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

_MASK: Final = 2**64 - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


def salt(*parts: object) -> int:
    """64 bits for these words: the same in every process."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def mixer(start: int) -> Callable[[int], int]:
    """A function from row number to 64 well-mixed bits (the SplitMix64 step)."""

    def mix(slot: int) -> int:
        bits = (start + slot * _GOLDEN) & _MASK
        bits = ((bits ^ (bits >> 30)) * _FIRST) & _MASK
        bits = ((bits ^ (bits >> 27)) * _SECOND) & _MASK
        return bits ^ (bits >> 31)

    return mix
