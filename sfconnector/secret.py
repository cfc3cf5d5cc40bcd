"""A secret value that is not a str and never prints itself."""

from __future__ import annotations

import hmac
from typing import NoReturn

MASK = "********"
_SHORTEST_WITH_TAIL = 12


class Secret:
    """Holds a token, key, code or password; only ``reveal()`` gives the text back.

    Its repr, str and format are a mask, so a log line, an error page or a crash
    report that collects local variables shows nothing. It can neither be pickled nor
    written as JSON, so it cannot slip into a task message or a session. Empty is
    false. Two secrets are compared in constant time; a secret never equals a str.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            kind = type(value).__name__  # type: ignore[unreachable]  # callers without mypy reach it
            message = f"A Secret is made of a str, not of {kind}."
            raise TypeError(message)
        object.__setattr__(self, "_value", value)

    _value: str

    def reveal(self) -> str:
        """Give the text itself: call it only at the moment of use."""
        return self._value

    def last4(self) -> str:
        """Give the last four characters for recognition, or "" for a short secret."""
        return self._value[-4:] if len(self._value) >= _SHORTEST_WITH_TAIL else ""

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine = self._value.encode("utf-8", "surrogatepass")
        return hmac.compare_digest(mine, other._value.encode("utf-8", "surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return MASK

    def __setattr__(self, name: str, value: object) -> NoReturn:
        message = "A Secret cannot be changed."
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        message = "A Secret cannot be changed."
        raise AttributeError(message)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "A Secret cannot be pickled; pass the id of the row that holds it."
        raise TypeError(message)
