"""Owns the reading of SOQL values: strings, numbers, dates and date literals."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.soql.ast import Literal
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.lexer import Stream, Token
from salesforce_simulator.soql.periods import COUNTED, PLAIN

_ESCAPES = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
_LONGEST = 20
_PIECE = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)|(.)", re.DOTALL)


def read_literal(stream: Stream, *, like: bool = False) -> Literal:
    """Take one value from the stream; with like, ``\\_`` and ``\\%`` are allowed.

    Raises QueryError on anything that is no value.
    """
    token = stream.peek()
    if token.kind == "word":
        return _word(stream)
    if token.kind == "symbol" and token.text == ":":
        raise stream.malformed(
            "Bind variables only allowed in Apex code", token.position
        )
    stream.take()
    if token.kind == "string":
        return _string(token, like=like)
    reader = _READERS.get(token.kind)
    if reader is None:
        raise stream.unexpected(token)
    return reader(token)


def _time(token: Token) -> Literal:
    clock, _, fraction = token.text.rstrip("Z").partition(".")
    value = f"{clock}.{fraction[:3].ljust(3, '0')}Z"
    return Literal("time", value, token.position, token.text)


def _string(token: Token, *, like: bool = False) -> Literal:
    body = token.text[1:-1]
    value: list[str] = []
    pattern: list[str] = []
    for match in _PIECE.finditer(body):
        piece, expression = _piece(match, body=body, like=like)
        value.append(piece)
        pattern.append(expression)
    return Literal(
        "string", "".join(value), token.position, token.text, "".join(pattern)
    )


def _piece(match: re.Match[str], *, body: str, like: bool) -> tuple[str, str]:
    code, escape, plain = match.groups()
    if code is not None:
        return chr(int(code, 16)), re.escape(chr(int(code, 16)))
    if plain is not None:
        wildcard = {"%": ".*", "_": "."}.get(plain)
        return plain, wildcard or re.escape(plain)
    if like and escape in "_%":
        return escape, re.escape(escape)
    found = _ESCAPES.get(escape.lower())
    if found is None:
        raise QueryError(
            "MALFORMED_QUERY",
            f"Invalid string literal '{body}'. Illegal character sequence "
            f"'\\{escape}' in string literal.",
        )
    return found, re.escape(found)


def whole_number(text: str) -> int:
    """Return a written whole number. Raises QueryError beyond 64 bits."""
    if len(text) > _LONGEST or abs(int(text)) >= 2**63:
        raise QueryError("MALFORMED_QUERY", f"numeric value out of range: {text}")
    return int(text)


def _number(token: Token) -> Literal:
    text = token.text
    whole = re.fullmatch(r"[+-]?\d+", text)
    value: int | float = whole_number(text) if whole else float(text)
    return Literal("number", value, token.position, text)


def _date(token: Token) -> Literal:
    try:
        date.fromisoformat(token.text)
    except ValueError:
        raise QueryError("INVALID_FIELD", f"Invalid date: {token.text}") from None
    return Literal("date", token.text, token.position, token.text)


def _datetime(token: Token) -> Literal:
    try:
        moment = datetime.fromisoformat(token.text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise QueryError("INVALID_FIELD", f"Invalid datetime: {token.text}") from None
    return Literal("datetime", wire_datetime(moment), token.position, token.text)


_READERS = {"number": _number, "date": _date, "datetime": _datetime, "time": _time}


def _word(stream: Stream) -> Literal:
    token = stream.take()
    word = token.word
    if word in ("TRUE", "FALSE"):
        return Literal("boolean", word == "TRUE", token.position, token.text)
    if word == "NULL":
        return Literal("null", None, token.position, token.text)
    if word in PLAIN:
        return Literal("period", (word, None), token.position, token.text)
    if word in COUNTED:
        stream.expect(":")
        number = stream.take()
        if number.kind != "number" or not number.text.isdigit():
            raise stream.unexpected(number)
        text = f"{token.text}:{number.text}"
        return Literal(
            "period", (word, whole_number(number.text)), token.position, text
        )
    raise stream.unexpected(token)
