"""Owns the grammar of a SOQL statement: text in, Query out."""

from __future__ import annotations

from dataclasses import replace

from salesforce_simulator.soql.ast import (
    Child,
    Column,
    FieldsCall,
    Grouping,
    Item,
    Order,
    Path,
    Query,
    TypeOf,
)
from salesforce_simulator.soql.criteria import read_condition
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.lexer import Stream
from salesforce_simulator.soql.literals import whole_number
from salesforce_simulator.soql.operands import read_operand

MAX_LENGTH = 100_000
_CLAUSES = frozenset(
    [
        "USING",
        "WHERE",
        "WITH",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FOR",
        "UPDATE",
        "ALL",
    ]
)


def parse(text: str) -> Query:
    """Return the statement in text.

    Raises QueryError, with Salesforce's code and message, when it breaks a rule of
    the grammar or is longer than 100,000 characters.
    """
    if not text.strip():
        raise QueryError("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    if len(text) > MAX_LENGTH:
        raise QueryError(
            "MALFORMED_QUERY",
            f"SOQL statements cannot be longer than {MAX_LENGTH} characters.",
        )
    stream = Stream(text)
    query = read_query(stream)
    if stream.peek().kind != "end":
        raise stream.unexpected()
    return query


def read_query(stream: Stream, *, depth: int = 0) -> Query:
    """Take a statement or subquery, without its parentheses, from the stream."""
    stream.expect_word("SELECT")
    items = _items(stream, depth=depth)
    stream.expect_word("FROM")
    target, aliases = _target(stream)
    query = Query(stream.source, items, target, aliases)
    if stream.accept_word("USING"):
        stream.expect_word("SCOPE")
        query = replace(query, scope=stream.name().text)
    return read_tail(stream, query)


def read_tail(stream: Stream, query: Query) -> Query:
    """Take the clauses from WHERE on and return query with them."""
    where = having = None
    if stream.accept_word("WHERE"):
        where = read_condition(stream, subquery=_subquery)
    _security(stream)
    grouping = _grouping(stream) if stream.accept_word("GROUP") else None
    if stream.accept_word("HAVING"):
        having = read_condition(stream, subquery=_subquery)
    order = _order(stream) if stream.accept_word("ORDER") else ()
    limit = _number(stream) if stream.accept_word("LIMIT") else None
    offset = _number(stream) if stream.accept_word("OFFSET") else 0
    purposes = _purposes(stream)
    return replace(
        query,
        where=where,
        grouping=grouping,
        having=having,
        order=order,
        limit=limit,
        offset=offset,
        purposes=purposes,
    )


def _subquery(stream: Stream) -> Query:
    return read_query(stream, depth=1)


def _items(stream: Stream, *, depth: int) -> tuple[Item, ...]:
    items = [_item(stream, depth=depth)]
    while stream.accept(","):
        items.append(_item(stream, depth=depth))
    return tuple(items)


def _item(stream: Stream, *, depth: int) -> Item:
    if stream.accept("("):
        child = Child(read_query(stream, depth=depth + 1))
        stream.expect(")")
        return child
    if stream.peek().word == "TYPEOF" and stream.peek(1).kind == "word":
        return _typeof(stream)
    if stream.peek().word == "FIELDS" and stream.peek(1).text == "(":
        position = stream.take().position
        stream.expect("(")
        kind = stream.expect_word("ALL", "STANDARD", "CUSTOM")
        stream.expect(")")
        return FieldsCall(kind, position)
    if stream.peek().word == "FROM":
        raise stream.unexpected()
    operand = read_operand(stream)
    alias = None
    if stream.peek().kind == "word" and stream.peek().word != "FROM":
        alias = stream.take().text
    return Column(operand, alias)


def _typeof(stream: Stream) -> TypeOf:
    stream.expect_word("TYPEOF")
    path = _path(stream)
    branches = []
    while stream.accept_word("WHEN"):
        kind = _path(stream)
        stream.expect_word("THEN")
        branches.append((kind, _paths(stream)))
    otherwise = _paths(stream) if stream.accept_word("ELSE") else ()
    stream.expect_word("END")
    if not branches:
        raise stream.unexpected()
    return TypeOf(path, tuple(branches), otherwise)


def _path(stream: Stream) -> Path:
    token = stream.name()
    return Path(token.text, token.position)


def _paths(stream: Stream) -> tuple[Path, ...]:
    paths = [_path(stream)]
    while stream.accept(","):
        paths.append(_path(stream))
    return tuple(paths)


def _target(stream: Stream) -> tuple[Path, tuple[tuple[str, str], ...]]:
    target = _path(stream)
    alias = _alias(stream)
    aliases = [(alias, "")] if alias else []
    while stream.accept(","):
        path = _path(stream)
        aliases.append((_alias(stream) or path.text, path.text))
    return target, tuple(aliases)


def _alias(stream: Stream) -> str:
    stream.accept_word("AS")
    token = stream.peek()
    if token.kind != "word" or token.word in _CLAUSES:
        return ""
    return stream.take().text


def _security(stream: Stream) -> None:
    if stream.accept_word("WITH"):
        stream.expect_word("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE")


def _grouping(stream: Stream) -> Grouping:
    stream.expect_word("BY")
    kind = ""
    if stream.peek(1).text == "(":
        kind = stream.accept_word("ROLLUP", "CUBE")
    if kind:
        stream.expect("(")
    operands = [read_operand(stream)]
    while stream.accept(","):
        operands.append(read_operand(stream))
    if kind:
        stream.expect(")")
    return Grouping(kind, tuple(operands))


def _order(stream: Stream) -> tuple[Order, ...]:
    stream.expect_word("BY")
    orders = [_order_item(stream)]
    while stream.accept(","):
        orders.append(_order_item(stream))
    return tuple(orders)


def _order_item(stream: Stream) -> Order:
    operand = read_operand(stream)
    direction = stream.accept_word("ASC", "DESC")
    nulls_first = True
    if stream.accept_word("NULLS"):
        nulls_first = stream.expect_word("FIRST", "LAST") == "FIRST"
    return Order(operand, direction == "DESC", nulls_first)


def _number(stream: Stream) -> int:
    token = stream.take()
    if token.kind != "number" or not token.text.isdigit():
        found = "-" if token.text.startswith("-") else token.text
        raise stream.malformed(f"expecting a colon, found '{found}'", token.position)
    return whole_number(token.text)


def _purposes(stream: Stream) -> frozenset[str]:
    """FOR VIEW, FOR REFERENCE, FOR UPDATE and UPDATE TRACKING change no result."""
    purposes = set()
    while stream.accept_word("FOR"):
        purposes.add(stream.expect_word("VIEW", "REFERENCE", "UPDATE"))
    if stream.accept_word("UPDATE"):
        stream.expect_word("TRACKING", "VIEWSTAT")
    return frozenset(purposes)
