"""Owns aggregate queries: GROUP BY, its functions, HAVING and the resulting rows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from salesforce_simulator.schema import Row
from salesforce_simulator.soql.aggregates import (
    AGGREGATES,
    Accumulator,
    maker,
    result_type,
    supported,
)
from salesforce_simulator.soql.ast import Call, Column, Operand, Path, Query
from salesforce_simulator.soql.conditions import Compiler
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.operators import family, fold
from salesforce_simulator.soql.ordering import Sorter
from salesforce_simulator.soql.projection import Record
from salesforce_simulator.soql.scope import Bound, Scope

MAX_GROUPS = 2_000
Group = dict[str, Any]


def is_aggregate(query: Query) -> bool:
    """Tell whether query groups its rows or uses an aggregate function."""
    return query.grouping is not None or any(
        isinstance(item, Column)
        and isinstance(item.operand, Call)
        and item.operand.name in AGGREGATES
        for item in query.items
    )


class Grouper:
    """Runs one aggregate query over rows; what it names it checks when it is made."""

    def __init__(self, query: Query, scope: Scope, *, compiler: Compiler) -> None:
        self._query = query
        self._scope = scope
        self._keys: dict[str, Bound] = {}
        self._functions: dict[str, tuple[str, Bound]] = {}
        self._aliases: dict[str, str] = {}
        for operand in query.grouping.operands if query.grouping else ():
            self._add_key(operand)
        self._columns = self._name_columns()
        self._having = None
        grouped = Compiler(
            source=query.source,
            now=compiler.now,
            resolve=self._resolve,
            subselect=compiler.subselect,
        )
        if query.having is not None:
            self._having = grouped.compile(query.having)
        self._sorter = None
        if query.order:
            self._sorter = Sorter(
                query.order, resolve=self._ordered, source=query.source
            )
        self._check_limit()

    def run(self, rows: Iterable[Row]) -> list[Record]:
        """Return the AggregateResult records for rows."""
        groups = self._groups(rows)
        if self._having is not None:
            groups = [group for group in groups if self._having(group)]
        if self._sorter is not None:
            groups = self._sorter.sorted(groups)
        query = self._query
        stop = None if query.limit is None else query.offset + query.limit
        groups = groups[query.offset : stop]
        if len(groups) > MAX_GROUPS:
            raise QueryError(
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict "
                "the results to a single batch",
            )
        return [self._record(group) for group in groups]

    def columns(self) -> list[tuple[str, Bound]]:
        """Return the name of each column, and what it shows."""
        named = zip(self._columns, self._query.items, strict=True)
        return [
            (name, self._resolve(item.operand))
            for (name, _), item in named
            if isinstance(item, Column)
        ]

    def _record(self, group: Group) -> Record:
        record: Record = {"attributes": {"type": "AggregateResult"}}
        for name, signature in self._columns:
            record[name] = group[signature]
        return record

    def _groups(self, rows: Iterable[Row]) -> list[Group]:
        signatures = list(self._keys)
        readers = [bound.get for bound in self._keys.values()]
        folds = [fold(family(bound.type)) for bound in self._keys.values()]
        masks = self._masks()
        found: dict[tuple[Any, ...], tuple[Group, list[Accumulator]]] = {}
        fields = [bound.get for _, bound in self._functions.values()]
        for row in rows:
            values = [get(row) for get in readers]
            folded = [
                None if value is None else convert(value)
                for value, convert in zip(values, folds, strict=True)
            ]
            arguments = [get(row) for get in fields]
            for mask in masks:
                key = (mask, *(folded[index] for index in mask))
                entry = found.get(key)
                if entry is None:
                    entry = found[key] = self._open(signatures, values, mask)
                for accumulator, value in zip(entry[1], arguments, strict=True):
                    accumulator.add(value)
        if not self._keys and not found:
            found[()] = self._open([], [], ())
        return [self._close(found[key]) for key in sorted(found, key=_rank)]

    def _masks(self) -> list[tuple[int, ...]]:
        """Return which keys each set of groups is made by: one set, or a rollup's."""
        count = len(self._keys)
        everything = tuple(range(count))
        kind = self._query.grouping.kind if self._query.grouping else ""
        if kind == "ROLLUP":
            return [everything[:stop] for stop in range(count, -1, -1)]
        if kind == "CUBE":
            return [
                chosen
                for size in range(count, -1, -1)
                for chosen in combinations(everything, size)
            ]
        return [everything]

    def _open(
        self, signatures: list[str], values: list[Any], mask: tuple[int, ...]
    ) -> tuple[Group, list[Accumulator]]:
        group: Group = {}
        for index, signature in enumerate(signatures):
            group[signature] = values[index] if index in mask else None
            group[f"grouping({signature})"] = 0 if index in mask else 1
        makers = [maker(name, bound) for name, bound in self._functions.values()]
        return group, [make() for make in makers]

    def _close(self, entry: tuple[Group, list[Accumulator]]) -> Group:
        group, accumulators = entry
        for signature, accumulator in zip(self._functions, accumulators, strict=True):
            group[signature] = accumulator.result()
        return group

    def _add_key(self, operand: Operand) -> None:
        bound = self._scope.resolve(operand)
        field = bound.field
        if field is not None and not field.groupable:
            raise self._scope.refuse(
                "MALFORMED_QUERY",
                f"field '{field.name}' can not be grouped in a query call",
                operand.position,
            )
        self._keys[self._signature(operand)] = bound

    def _name_columns(self) -> list[tuple[str, str]]:
        columns: list[tuple[str, str]] = []
        for item in self._query.items:
            if not isinstance(item, Column):
                raise QueryError(
                    "MALFORMED_QUERY",
                    "Grouped query cannot use child relationships in the SELECT list",
                )
            bound = self._resolve(item.operand)
            name = item.alias or bound.name
            if item.alias is None and isinstance(item.operand, Call):
                name = f"expr{sum(one[0].startswith('expr') for one in columns)}"
            if name.lower() in (one[0].lower() for one in columns):
                raise QueryError("MALFORMED_QUERY", f"duplicate alias: {name}")
            signature = self._signature(item.operand)
            if item.alias:
                self._aliases[item.alias.lower()] = signature
            columns.append((name, signature))
        return columns

    def _signature(self, operand: Operand) -> str:
        if isinstance(operand, Path):
            return ".".join(self._scope.path(operand).names).lower()
        inner = ",".join(self._signature(one) for one in operand.arguments)
        return f"{operand.name.lower()}({inner})"

    def _resolve(self, operand: Operand, *, complaint: str = "Field") -> Bound:
        """Return how to read operand from a group."""
        if isinstance(operand, Call) and operand.name in AGGREGATES:
            return self._function(operand)
        signature = self._signature(operand)
        if isinstance(operand, Call) and operand.name == "GROUPING":
            inner = signature.removeprefix("grouping(").removesuffix(")")
            if inner in self._keys:
                return Bound(lambda group: group[signature], "int", (operand.text,))
        bound = self._keys.get(signature)
        if bound is None:
            raise self._scope.refuse(
                "MALFORMED_QUERY",
                f"{complaint} must be grouped or aggregated: {operand.text}",
                operand.position,
            )
        return Bound(
            lambda group: group[signature], bound.type, bound.names, bound.field
        )

    def _ordered(self, operand: Operand) -> Bound:
        signature = self._aliases.get(operand.text.lower())
        if signature is not None and isinstance(operand, Path):
            kind = "string"
            if signature in self._functions:
                kind = result_type(*self._functions[signature])
            return Bound(lambda group: group[signature], kind, (operand.text,))
        return self._resolve(operand, complaint="Ordered field")

    def _function(self, call: Call) -> Bound:
        if len(call.arguments) != 1:
            raise self._scope.refuse(
                "MALFORMED_QUERY", f"unexpected token: '{call.text}'", call.position
            )
        bound = self._scope.resolve(call.arguments[0])
        if not supported(call.name, bound):
            raise self._scope.refuse(
                "MALFORMED_QUERY",
                f"field {bound.name} does not support aggregate operator {call.name}",
                call.position,
            )
        signature = self._signature(call)
        self._functions.setdefault(signature, (call.name, bound))
        kind = result_type(call.name, bound)
        return Bound(lambda group: group[signature], kind, (call.text,))

    def _check_limit(self) -> None:
        if self._query.grouping is None and self._query.limit is not None:
            raise QueryError(
                "MALFORMED_QUERY",
                "Non-grouped query that uses overall aggregate functions cannot also "
                "use LIMIT",
            )


def _rank(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Order groups by their values, nulls first, and a rollup's totals last."""
    values = tuple((value is not None, value) for value in key[1:])
    padding = () if not key else (-len(key[0]),)
    return (*padding, *((True, v) if n else (False, 0) for n, v in values))
