"""Owns the compiling of WHERE and HAVING into a function of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from salesforce_simulator.schema.fields import Row
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
from salesforce_simulator.soql.errors import QueryError, located
from salesforce_simulator.soql.operators import (
    KINDS,
    OPERATORS,
    acceptable,
    family,
    id_shaped,
    make_test,
)
from salesforce_simulator.soql.scope import Bound

Predicate = Callable[[Row], bool]
_TYPE_NAMES = {"id": "ID", "number": "double", "datetime": "dateTime"}


@dataclass(frozen=True)
class Compiler:
    """Turns conditions into predicates.

    resolve gives an operand its meaning; subselect runs the query of a semi-join
    and gives back the ids it selects, as 15 characters.
    """

    source: str
    now: datetime
    resolve: Callable[[Operand], Bound]
    subselect: Callable[[Bound, Compare, Query], frozenset[str]]

    def compile(self, condition: Condition) -> Predicate:
        """Return the predicate of condition.

        Raises QueryError when a field may not be filtered, or not like this.
        """
        if isinstance(condition, Compare):
            return self._compare(condition)
        if isinstance(condition, Negation):
            inner = self.compile(condition.condition)
            return lambda row: not inner(row)
        predicates = tuple(self.compile(one) for one in condition.conditions)
        if isinstance(condition, Conjunction):
            return _every(predicates)
        return _some(predicates)

    def _compare(self, condition: Compare) -> Predicate:
        bound = self.resolve(condition.operand)
        self._check_field(bound, condition)
        get = bound.get
        if condition.query is not None:
            chosen = self.subselect(bound, condition, condition.query)
            return _joined(get, chosen, wanted=condition.operator == "IN")
        kind = family(bound.type)
        self._check_operator(kind, condition)
        for literal in condition.values:
            self._check_literal(kind, bound, literal, condition)
        test = make_test(
            kind,
            condition.operator,
            condition.values,
            now=self.now,
            case_sensitive=bound.field is not None and bound.field.case_sensitive,
        )
        return lambda row: test(get(row))

    def _check_field(self, bound: Bound, condition: Compare) -> None:
        field = bound.field
        if field is None:
            return
        if field.compound:
            self._refuse(
                "INVALID_FIELD",
                f"{field.type.capitalize()} fields can only be filtered using Distance "
                "expressions",
                condition,
            )
        if not field.filterable:
            self._refuse(
                "INVALID_FIELD",
                f"field '{field.name}' can not be filtered in a query call",
                condition,
            )

    def _check_operator(self, kind: str, condition: Compare) -> None:
        if condition.operator not in OPERATORS[kind]:
            self._refuse(
                "INVALID_QUERY_FILTER_OPERATOR",
                f"invalid operator on {kind} field",
                condition,
            )

    def _check_literal(
        self, kind: str, bound: Bound, literal: Literal, condition: Compare
    ) -> None:
        if not acceptable(kind, literal):
            quoted = "should" if KINDS[kind] == ("string",) else "should not"
            wanted = "int" if bound.type == "int" else _TYPE_NAMES.get(kind, kind)
            self._refuse(
                "INVALID_FIELD",
                f"value of filter criterion for field '{bound.name}' must be of type "
                f"{wanted} and {quoted} be enclosed in quotes",
                condition,
            )
        if kind == "id" and not id_shaped(literal):
            self._refuse(
                "INVALID_QUERY_FILTER_OPERATOR",
                f"invalid ID field: {literal.value}",
                condition,
            )

    def _refuse(self, code: str, text: str, condition: Compare) -> NoReturn:
        raise located(
            code, text, source=self.source, position=condition.operand.position
        )


def _every(predicates: tuple[Predicate, ...]) -> Predicate:
    def test(row: Row) -> bool:
        for predicate in predicates:  # noqa: SIM110 - a loop is faster than all()
            if not predicate(row):
                return False
        return True

    return test


def _some(predicates: tuple[Predicate, ...]) -> Predicate:
    def test(row: Row) -> bool:
        for predicate in predicates:  # noqa: SIM110 - a loop is faster than any()
            if predicate(row):
                return True
        return False

    return test


def _joined(
    get: Callable[[Row], Any], chosen: frozenset[str], *, wanted: bool
) -> Predicate:
    def test(row: Row) -> bool:
        value = get(row)
        return (value is not None and value[:15] in chosen) is wanted

    return test


def check_semi_joins(condition: Condition | None, *, nested: bool) -> None:
    """Refuse semi-joins where Salesforce does: in OR, in parentheses, beyond two.

    nested says that the condition belongs to a semi-join itself.
    """
    found = _semi_joins(condition, within="")
    if not found:
        return
    if nested:
        _malformed("Nesting of semi join sub-selects is not supported")
    if "or" in found:
        _malformed("Semi join sub-selects are not allowed with the 'OR' operator")
    if "nested" in found:
        _malformed(
            "Semi join sub-selects are only allowed at the top level WHERE "
            "expressions and not in nested WHERE expressions."
        )
    if len(found) > 2:
        _malformed("Maximum 2 semi join sub-selects are allowed")


def _malformed(text: str) -> NoReturn:
    raise QueryError("MALFORMED_QUERY", text)


def _semi_joins(condition: Condition | None, *, within: str) -> list[str]:
    """Return one word for each semi-join: where in the condition it stands."""
    if condition is None:
        return []
    if isinstance(condition, Compare):
        return [within or "top"] if condition.query is not None else []
    if isinstance(condition, Negation):
        return _semi_joins(condition.condition, within="nested")
    inner = {"": "and", "and": "nested"}.get(within, within)
    if isinstance(condition, Disjunction):
        inner = "or" if within == "" else "nested"
    return [
        place
        for one in condition.conditions
        for place in _semi_joins(one, within=inner)
    ]
