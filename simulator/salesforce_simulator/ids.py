"""Salesforce record ids: 15 and 18 characters, and the counter behind them."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIXES: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
DEFAULT_INSTANCE: Final = "Sm0"
COUNTER_DIGITS: Final = 9

_DIGIT: Final = {char: value for value, char in enumerate(ALPHABET)}
_PAIRS: Final = tuple(high + low for high in ALPHABET for low in ALPHABET)
_CAPITALS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SINGLE_BITS: Final = tuple(int(char in _CAPITALS) for char in ALPHABET)
_PAIR_BITS: Final = tuple(
    (pair[0] in _CAPITALS) | (pair[1] in _CAPITALS) << 1 for pair in _PAIRS
)
_PAIR: Final = 62**2
_BLOCK: Final = 62**5


def _suffix(block: str) -> str:
    """The check character of five characters: one bit for each capital letter."""
    return SUFFIXES[sum(1 << k for k, char in enumerate(block) if char in _CAPITALS)]


def is_id(text: object) -> bool:
    """Tell whether `text` is shaped like a record id (15 characters, or a valid 18)."""
    if not isinstance(text, str) or len(text) not in (15, 18):
        return False
    if any(char not in _DIGIT for char in text[:15]):
        return False
    return len(text) == 15 or to18(text[:15])[15:] == text[15:].upper()


def to18(id15: str) -> str:
    """The 18-character form; anything that is not 15 characters long is returned as is.

    The suffix makes ids safe where case is lost: each of its three characters
    stands for five, one bit per capital letter.
    """
    if len(id15) != 15:
        return id15
    return id15 + "".join(_suffix(id15[start : start + 5]) for start in (0, 5, 10))


def same(a: str, b: str) -> bool:
    """Tell whether two ids, of either length, name the same record."""
    return to18(a[:15]) == to18(b[:15])


def make(prefix: str, number: int, *, instance: str = DEFAULT_INSTANCE) -> str:
    """The 18-character id of the record `number` of the object with this key prefix."""
    return IdSequence(prefix, instance=instance).at(number)


class IdSequence:
    """The ids of one object: ascending as text, in the order of their numbers.

    An id is the key prefix, three characters for the instance and nine digits to
    the base 62. `first` is the number behind position 0.
    """

    __slots__ = ("_first", "_head", "_heads", "_suffix")

    def __init__(
        self, prefix: str, *, instance: str = DEFAULT_INSTANCE, first: int = 0
    ) -> None:
        head = prefix + instance
        if len(prefix) != 3 or len(instance) != 3 or set(head) - set(_DIGIT):
            msg = f"a key prefix and an instance have 3 characters each, not {head!r}"
            raise ValueError(msg)
        self._head = head
        self._first = first
        self._suffix = _suffix(head[:5])
        self._heads: dict[int, tuple[str, str]] = {}

    def at(self, position: int) -> str:
        """The 18-character id at `position`, which starts at 0."""
        high, low = divmod(position + self._first, _BLOCK)
        head, suffixes = self._heads.get(high) or self._remember(high)
        upper, pair2 = divmod(low, _PAIR)
        first, pair1 = divmod(upper, _PAIR)
        bits = _SINGLE_BITS[first] | _PAIR_BITS[pair1] << 1 | _PAIR_BITS[pair2] << 3
        text = head + ALPHABET[first] + _PAIRS[pair1] + _PAIRS[pair2]
        return text + suffixes + SUFFIXES[bits]

    def position(self, record_id: str) -> int | None:
        """The position of an id of 15 or 18 characters; None if it is not of here."""
        if not is_id(record_id) or not record_id.startswith(self._head):
            return None
        number = 0
        for char in record_id[6:15]:
            number = number * 62 + _DIGIT[char]
        return number - self._first if number >= self._first else None

    def _remember(self, high: int) -> tuple[str, str]:
        upper, pair2 = divmod(high, _PAIR)
        if upper >= _PAIR:
            msg = "a record number has at most nine digits to the base 62"
            raise ValueError(msg)
        block = self._head[5] + _PAIRS[upper] + _PAIRS[pair2]
        entry = (self._head[:5] + block, self._suffix + _suffix(block))
        self._heads[high] = entry
        return entry
