"""Reads SOQL as far as its structure: which field of which object a text names.

Every word that is not a keyword, a function or an object counts as a field, in whatever
clause it stands. So a word too many may be named, but never one too few.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NoReturn

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce.soql.composing import compose
from sfconnector.salesforce.soql.lexing import Token, tokens
from sfconnector.texts import gettext_noop as _

DEEPEST_QUERY = 10
"""Queries within queries; Salesforce allows five levels."""
DEEPEST_BRACKET = 200
CLAUSES = frozenset(
    {"SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "OFFSET", "GROUP", "HAVING", "FOR"}
    | {"USING", "WITH", "ALL", "UPDATE"}
)
RESERVED = CLAUSES | frozenset(
    {"AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "EXCLUDES", "NULL", "NULLS", "BY"}
    | {"FIRST", "LAST", "ASC", "DESC", "TRUE", "FALSE", "AS", "TYPEOF"}
)
_TYPEOF = frozenset({"WHEN", "THEN", "ELSE", "END"})


@dataclass(frozen=True, slots=True)
class Named:
    """A field that a query names: ``Account.Owner.Name`` is a way of three."""

    way: tuple[str, ...]
    of: str = ""
    """The object that the way begins at, where ``TYPEOF … WHEN`` says so."""
    is_known: bool = True
    """False where only the org knows which object the way begins at."""


@dataclass(slots=True)
class Query:
    """What one SELECT reads; ``source`` is what stands after FROM."""

    source: str = ""
    names: list[Named] = field(default_factory=list)
    takes_all: bool = False
    """It has FIELDS(…), which names fields without spelling them."""
    children: list[Query] = field(default_factory=list)
    """Queries in the field list: their source is a relationship of this one's."""
    conditions: list[Query] = field(default_factory=list)
    """Queries in conditions: their source is an object."""

    def walk(self, *, is_child: bool = False) -> Iterator[tuple[Query, bool]]:
        """Yield this query and all within it, each with whether it is a child."""
        yield self, is_child
        for query in self.children:
            yield from query.walk(is_child=True)
        for query in self.conditions:
            yield from query.walk()


def read(text: str) -> Query:
    """Read a query; raise InvalidRequest for what cannot be read to its end."""
    reader = _Reader(list(tokens(text)))
    query = reader.query(depth=0)
    reader.must_end()
    return query


def read_filter(text: str, *, sobject: str) -> Query:
    """Read a hand-written WHERE condition on an object, or raise InvalidRequest."""
    condition = check_filter(text)
    return read(compose(select=["Id"], from_=sobject, where=condition))


def check_filter(text: str) -> str:
    """Give back a hand-written WHERE condition, or raise InvalidRequest.

    It must stay one condition: quotes closed, parentheses balanced, and no other
    clause outside of a subquery.
    """
    depth = 0
    found = list(tokens(text))
    for token, after in zip_longest(found, found[1:]):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
        is_way = after is not None and after.text == "."
        if depth == 0 and token.upper in CLAUSES and not is_way:
            message = _("A filter is one condition; {word} is not part of it.").format(
                word=token.upper
            )
            raise InvalidRequest(message, remedy=_("Write only what follows WHERE."))
    if depth:
        message = _("The filter has a parenthesis that is not closed, or never opened.")
        raise InvalidRequest(message, remedy=_("Close it."))
    return text.strip()


class _Reader:
    """Goes once over the tokens; every method takes some and never goes back."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def query(self, *, depth: int) -> Query:
        """Read a SELECT up to its end, or to the bracket that closes it."""
        if depth > DEEPEST_QUERY:
            self._refuse(_("queries are nested too deeply"))
        self._take("SELECT")
        query = Query()
        self._until_closed(query, depth=depth, is_list=True)
        self._take("FROM")
        aliases = self._sources(query)
        self._until_closed(query, depth=depth, is_list=False)
        query.names += _without_aliases(query.names, aliases)
        return query

    def must_end(self) -> None:
        """Raise InvalidRequest when something stands behind the query."""
        if self._at < len(self._tokens):
            self._refuse(_("something stands behind its end"))

    def _until_closed(self, query: Query, *, depth: int, is_list: bool) -> None:
        """Read the field list, or the clauses behind FROM."""
        brackets = 0
        while (token := self._peek()) is not None:
            is_end = is_list and not brackets and self._is_clause("FROM")
            if is_end or (token.text == ")" and not brackets):
                return
            brackets += {"(": 1, ")": -1}.get(token.text, 0)
            if brackets > DEEPEST_BRACKET:
                self._refuse(_("its brackets are nested too deeply"))
            if token.text != "(":
                self._one(query, token, is_list=is_list)
                continue
            self._at += 1
            if self._is_clause("SELECT"):
                found = query.children if is_list else query.conditions
                found.append(self.query(depth=depth + 1))
        if brackets or depth:
            self._refuse(_("a bracket is not closed"))

    def _one(self, query: Query, token: Token, *, is_list: bool) -> None:
        """Take one token, or the way that begins with it."""
        if token.kind != "word":
            if token.text == ".":
                self._refuse(_("a dot stands where no name is"))
            self._at += 1
        elif self._next_is("("):
            # Not a field but a function, or a keyword such as IN.
            query.takes_all |= token.upper == "FIELDS"
            self._at += 1
        elif token.upper in RESERVED and not self._next_is("."):
            if token.upper in {"SELECT", "FROM"}:
                self._refuse(
                    _("{word} stands where none is expected").format(word=token.upper)
                )
            self._at += 1
            if token.upper == "TYPEOF" and is_list:
                self._typeof(query)
        else:
            query.names.append(Named(self._way()))

    def _typeof(self, query: Query) -> None:
        """Read ``TYPEOF What WHEN Account THEN Phone, Name … ELSE Name END``."""
        query.names.append(Named(self._way()))
        of, is_known = "", False
        while not self._is_clause("END"):
            word = "" if self._next_is(".") else self._word()
            if word in _TYPEOF:
                self._at += 1
                is_known = word != "ELSE" and (is_known or word == "WHEN")
                of = self._way()[-1] if word == "WHEN" else of if is_known else ""
            elif self._peek_text() == ",":
                self._at += 1
            else:
                query.names.append(Named(self._way(), of, is_known=is_known))
        self._at += 1

    def _sources(self, query: Query) -> dict[str, tuple[str, ...]]:
        """Read what stands after FROM; return the way that each alias is short for."""
        aliases: dict[str, tuple[str, ...]] = {}
        first = self._way()
        query.source = ".".join(first)
        aliases[first[-1].lower()] = ()
        self._alias(aliases, ())
        while self._peek_text() == ",":
            self._at += 1
            way = self._way()
            known = aliases.get(way[0].lower())
            self._alias(aliases, way if known is None else (*known, *way[1:]))
        return aliases

    def _alias(self, aliases: dict[str, tuple[str, ...]], way: tuple[str, ...]) -> None:
        if self._word() == "AS":
            self._at += 1
        word = self._word()
        if word and word not in CLAUSES:
            aliases[word.lower()] = way
            self._at += 1

    def _way(self) -> tuple[str, ...]:
        """Take names with dots between them."""
        names = [self._name()]
        while self._peek_text() == ".":
            self._at += 1
            names.append(self._name())
        return tuple(names)

    def _name(self) -> str:
        token = self._peek()
        if token is None or token.kind != "word":
            self._refuse(_("a name is missing"))
        self._at += 1
        return token.text

    def _take(self, word: str) -> None:
        if self._word() != word:
            self._refuse(_("{word} is missing").format(word=word))
        self._at += 1

    def _is_clause(self, word: str) -> bool:
        return self._word() == word and not self._next_is(".")

    def _next_is(self, text: str) -> bool:
        after = self._at + 1
        return after < len(self._tokens) and self._tokens[after].text == text

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _peek_text(self) -> str:
        token = self._peek()
        return token.text if token is not None else ""

    def _word(self) -> str:
        token = self._peek()
        return token.upper if token is not None else ""

    def _refuse(self, why: str) -> NoReturn:
        token = self._peek()
        where = f" at {token.text[:40]!r}" if token is not None else " at its end"
        message = _("The query cannot be read: {why}{where}.").format(
            why=why, where=where
        )
        raise InvalidRequest(message, remedy=_("Write it as the SOQL reference shows."))


def _without_aliases(
    names: list[Named], aliases: dict[str, tuple[str, ...]]
) -> list[Named]:
    """Spell out the ways that begin with an alias, or with the object's own name.

    As they came they stay as well: an alias may be spelled like a relationship.
    """
    return [
        Named((*aliases[name.way[0].lower()], *name.way[1:]))
        for name in names
        if not name.of and name.is_known and len(name.way) > 1
        if name.way[0].lower() in aliases
    ]
