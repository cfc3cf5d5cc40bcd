"""Owns the grammar of conditions: WHERE and HAVING."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.soql.ast import (
    Compare,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operand,
    Query,
)
from salesforce_simulator.soql.lexer import Stream
from salesforce_simulator.soql.literals import read_literal
from salesforce_simulator.soql.operands import read_operand

_SYMBOLS = {
    "=": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}

Subquery = Callable[[Stream], Query]


def read_condition(stream: Stream, *, subquery: Subquery) -> Condition:
    """Take a condition from the stream; subquery reads what stands after ``IN (``.

    Salesforce has no precedence between AND and OR: mixing them, or putting NOT
    next to them, asks for parentheses.
    """
    if stream.accept_word("NOT"):
        condition: Condition = Negation(_simple(stream, subquery))
        word = ""
    else:
        condition = _simple(stream, subquery)
        word = stream.peek().word
    if word in ("AND", "OR"):
        conditions = [condition]
        while stream.accept_word(word):
            conditions.append(_simple(stream, subquery))
        kind = Conjunction if word == "AND" else Disjunction
        condition = kind(tuple(conditions))
    if stream.peek().word in ("AND", "OR"):
        raise stream.unexpected()
    return condition


def _simple(stream: Stream, subquery: Subquery) -> Condition:
    if stream.accept("("):
        condition = read_condition(stream, subquery=subquery)
        stream.expect(")")
        return condition
    if stream.peek().word == "NOT":
        raise stream.unexpected()
    return _comparison(stream, subquery)


def _comparison(stream: Stream, subquery: Subquery) -> Compare:
    operand = read_operand(stream)
    token = stream.peek()
    if token.kind == "symbol" and token.text in _SYMBOLS:
        stream.take()
        return Compare(operand, _SYMBOLS[token.text], (read_literal(stream),))
    if stream.accept_word("LIKE"):
        return Compare(operand, "LIKE", (read_literal(stream, like=True),))
    word = stream.expect_word("IN", "NOT", "INCLUDES", "EXCLUDES")
    if word == "NOT":
        stream.expect_word("IN")
        word = "NOT IN"
    return _membership(stream, operand, word, subquery)


def _membership(
    stream: Stream, operand: Operand, operator: str, subquery: Subquery
) -> Compare:
    if stream.peek().text == ":":
        read_literal(stream)
    stream.expect("(")
    if stream.peek().word == "SELECT" and operator in ("IN", "NOT IN"):
        query = subquery(stream)
        stream.expect(")")
        return Compare(operand, operator, (), query)
    values: list[Literal] = [read_literal(stream)]
    while stream.accept(","):
        values.append(read_literal(stream))
    stream.expect(")")
    return Compare(operand, operator, tuple(values))
