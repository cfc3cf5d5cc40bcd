"""Owns the tokens of SOQL and SOSL and the stream a parser reads them from."""

from __future__ import annotations

import re
from typing import NamedTuple

from salesforce_simulator.soql.errors import QueryError, located

_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
  | (?P<date>\d{4}-\d\d-\d\d)
  | (?P<time>\d\d:\d\d:\d\d(?:\.\d+)?Z?)
  | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<string>'(?:[^'\\]|\\.)*')
  | (?P<symbol><=|>=|!=|<>|[=<>(),:])
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the statement: its kind, its text and its offset."""

    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        """The upper-case text of a word, or an empty string."""
        return self.text.upper() if self.kind == "word" else ""


def tokenize(source: str) -> list[Token]:
    """Return the tokens of source, closed by one of kind ``end``.

    Where source cannot be read on, the last one is of kind ``error`` instead: what
    the parser refuses before it is reported first, as Salesforce does.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _PATTERN.match(source, position)
        if match is None:
            tokens.append(Token("error", source[position], position))
            return tokens
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    tokens.append(Token("end", "<EOF>", len(source)))
    return tokens


def _unreadable(source: str, position: int) -> QueryError:
    row = source.count("\n", 0, position) + 1
    column = position - source.rfind("\n", 0, position) - 1
    if source[position] == "'":
        text = f"line {row}:{column} mismatched character '<EOF>' expecting '''"
    else:
        text = (
            f"line {row}:{column} no viable alternative at character "
            f"'{source[position]}'"
        )
    return QueryError("MALFORMED_QUERY", text)


class Stream:
    """The tokens of one statement and the place of the reader in them."""

    def __init__(self, source: str, *, tokens: list[Token] | None = None) -> None:
        self.source = source
        self._tokens = tokens if tokens is not None else tokenize(source)
        self._index = 0

    def peek(self, ahead: int = 0) -> Token:
        """Return the next token, or one further ahead, without taking it."""
        token = self._tokens[min(self._index + ahead, len(self._tokens) - 1)]
        if token.kind == "error" and not ahead:
            raise _unreadable(self.source, token.position)
        return token

    def take(self) -> Token:
        """Return the next token and move on."""
        token = self.peek()
        self._index += 1
        return token

    def accept_word(self, *words: str) -> str:
        """Take the next token if it is one of words; return it upper case or ``""``."""
        word = self.peek().word
        if word not in words:
            return ""
        self._index += 1
        return word

    def accept(self, symbol: str) -> bool:
        """Take the next token if it is symbol."""
        token = self.peek()
        if token.kind != "symbol" or token.text != symbol:
            return False
        self._index += 1
        return True

    def expect(self, symbol: str) -> None:
        """Take symbol or refuse the statement."""
        if not self.accept(symbol):
            raise self.unexpected()

    def expect_word(self, *words: str) -> str:
        """Take one of words or refuse the statement."""
        word = self.accept_word(*words)
        if not word:
            raise self.unexpected()
        return word

    def name(self) -> Token:
        """Take a word used as a name or refuse the statement."""
        if self.peek().kind != "word":
            raise self.unexpected()
        return self.take()

    def unexpected(self, token: Token | None = None) -> QueryError:
        """Return the error that names the token no rule allows here.

        A statement that fails on its very first word is answered without a
        position, as recorded for ``SELEKT Name FROM Account``.
        """
        token = token or self.peek()
        if token is self._tokens[0]:
            return QueryError("MALFORMED_QUERY", f"unexpected token: {token.text}")
        return self.malformed(f"unexpected token: '{token.text}'", token.position)

    def malformed(self, text: str, position: int) -> QueryError:
        """Return a MALFORMED_QUERY error that points at position."""
        return located("MALFORMED_QUERY", text, source=self.source, position=position)
