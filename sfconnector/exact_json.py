"""JSON whose numbers keep the digits that Salesforce wrote: none becomes a float.

A currency of 1,234,567,890,123,456.78 has more digits than a float holds. Here it is a
``Decimal``, and each number has one spelling: without an exponent, without zeros behind
the last digit of a fraction.
"""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

PLAIN = rb"0|-?[1-9]\d*(?:\.\d*[1-9])?|-?0\.\d*[1-9]"
"""The one spelling of a number, as a pattern for bytes."""
_MOST_DIGITS = 400
"""No number of Salesforce has more; one exponent could ask for gigabytes."""
_MARK = secrets.token_hex(8)
"""Stands before a number that json writes as a text; no text can be taken for one."""
_MARKED = re.compile(rf'"{_MARK}([^"]*)"')


def loads(text: str | bytes) -> Any:
    """Read JSON; numbers with a fraction are Decimals. Raises ValueError."""
    return json.loads(text, parse_float=_number, parse_constant=_refuse)


def dumps(value: Any, *, is_spaced: bool = False) -> str:
    """Write JSON in one line, Decimals as the numbers they are.

    ``is_spaced`` is for people: a space behind each comma and colon.
    """
    text = json.dumps(
        value,
        default=_marked,
        ensure_ascii=False,
        separators=None if is_spaced else (",", ":"),
    )
    # json has no hook for numbers: they are written as texts, and lose their quotes.
    return _MARKED.sub(r"\1", text) if _MARK in text else text


def plain(number: Decimal | str) -> str:
    """Spell a number in the one way. Raises ValueError when it is none."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        raise ValueError(f"{number[:40]!r} is not a number") from None  # type: ignore[index]  # a Decimal never fails
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        raise ValueError(f"{number!r:.40} is not a number")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


class Encoder(json.JSONEncoder):
    """The same for what takes an encoder class, such as Django's JSONField."""

    def encode(self, o: Any) -> str:
        """Write a value."""
        return dumps(o)


class Decoder(json.JSONDecoder):
    """The same for what takes a decoder class."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal})


def _number(text: str) -> Decimal:
    return Decimal(plain(text))


def _marked(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{plain(value)}"
    raise TypeError(f"{type(value).__name__} is not JSON")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
