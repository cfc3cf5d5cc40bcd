"""How many different ids were read, without keeping them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, pairwise
from operator import lt

PARTS = 64
"""Looked through one after the other, so that little is in memory at once."""


class Distinct:
    """Counts ids of pages that come in any order, eight bytes for each.

    Most orgs answer in order at least within a part of a page, and where these parts do
    not overlap nothing is left to count. Otherwise 64 bits of each id's hash decide:
    that two of ten million ids share theirs happens once in some hundred thousand
    passes, and that pass is then read once more.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._open: dict[int, list[_Some]] = {}
        self._closed: list[_Some] = []

    def take(self, page: int, ids: Sequence[str]) -> None:
        """Note ids of a page that is not read to its end yet."""
        if ids:
            self._open.setdefault(page, []).append(_Some(ids))

    def close(self, page: int) -> None:
        """Count a page, which was read to its end."""
        self._closed += self._open.pop(page, [])

    def leave_open(self) -> None:
        """Forget pages that were left half-way: they are read again."""
        self._open.clear()

    def repeated(self) -> int:
        """Return how many ids came again."""
        in_order = sorted((some.first, some.last) for some in self._closed)
        apart = all(one[1] < other[0] for one, other in pairwise(in_order))
        if apart and all(some.is_in_order for some in self._closed):
            return 0
        parts = [array("q") for _ in range(PARTS)]
        for one in chain.from_iterable(some.hashes for some in self._closed):
            parts[one % PARTS].append(one)
        return sum(len(part) - len(set(part)) for part in parts)


class _Some:
    """Ids that came together."""

    __slots__ = ("first", "hashes", "is_in_order", "last")

    def __init__(self, ids: Sequence[str]) -> None:
        self.hashes = array("q", map(hash, ids))
        self.first, self.last = ids[0], ids[-1]
        self.is_in_order = all(map(lt, ids, ids[1:]))
