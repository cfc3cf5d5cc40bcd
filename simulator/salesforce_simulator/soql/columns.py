"""Owns the SELECT list: from its items to the shape of the records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from salesforce_simulator.schema import SObjectType
from salesforce_simulator.soql.ast import (
    Call,
    Child,
    Column,
    Compare,
    FieldsCall,
    Path,
    Query,
    TypeOf,
)
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.functions import VALUE_FUNCTIONS
from salesforce_simulator.soql.projection import (
    Entry,
    Shape,
    TypeBranches,
    linking,
    reading,
)
from salesforce_simulator.soql.scope import NAME_FIELDS, Bound, Scope

FIELDS_LIMIT = 200
AddChild = Callable[[Shape, Child], None]


def make_shape(
    query: Query, *, scope: Scope, context: Context, add_child: AddChild
) -> Shape:
    """Return the shape of the records query selects; add_child adds a subquery.

    Raises QueryError for unknown fields, fields selected twice and FIELDS()
    without its limit.
    """
    shape = Shape(scope.sobject, lookups=context.lookups, base=context.base)
    seen: set[tuple[str, ...]] = set()
    for item in query.items:
        if isinstance(item, Column | FieldsCall):
            for column in _expanded(item, query, scope):
                _add_column(shape, column, scope=scope, seen=seen)
        elif isinstance(item, TypeOf):
            _add_typeof(shape, item, scope)
        else:
            add_child(shape, item)
    return shape


def list_columns(query: Query, *, scope: Scope) -> list[Bound]:
    """Return the columns query selects, FIELDS() expanded; other items are left out.

    Raises QueryError as make_shape does.
    """
    columns: list[Bound] = []
    seen: set[tuple[str, ...]] = set()
    for item in query.items:
        if isinstance(item, Column | FieldsCall):
            for column in _expanded(item, query, scope):
                bound, names = _bind(column, scope=scope, seen=seen)
                columns.append(replace(bound, names=names))
    return columns


def _expanded(item: Column | FieldsCall, query: Query, scope: Scope) -> list[Column]:
    if isinstance(item, Column):
        return [item]
    _check_bounded(item, query)
    names = _field_names(scope.sobject, item.kind)
    return [Column(Path(name, item.position)) for name in names]


def _field_names(sobject: SObjectType, kind: str) -> list[str]:
    wanted = {"ALL": (True, False), "CUSTOM": (True,), "STANDARD": (False,)}[kind]
    return [field.name for field in sobject.fields.values() if field.custom in wanted]


def _check_bounded(item: FieldsCall, query: Query) -> None:
    if item.kind == "STANDARD":
        return
    if query.limit is not None and query.limit <= FIELDS_LIMIT:
        return
    where = query.where
    if (
        isinstance(where, Compare)
        and where.operand.text.upper() == "ID"
        and where.operator in ("=", "IN")
        and 0 < len(where.values) <= FIELDS_LIMIT
    ):
        return
    raise QueryError(
        "MALFORMED_QUERY",
        f"The SOQL FIELDS function must have a LIMIT of at most {FIELDS_LIMIT}",
    )


def _bind(
    column: Column, *, scope: Scope, seen: set[tuple[str, ...]]
) -> tuple[Bound, tuple[str, ...]]:
    """Return what a column shows and its place; seen tells duplicates."""
    bound = scope.resolve(column.operand)
    _check_selectable(column, scope)
    names = (*bound.names[:-1], column.alias) if column.alias else bound.names
    key = tuple(name.lower() for name in names)
    if key in seen:
        raise _duplicate(column, bound)
    seen.add(key)
    return bound, names


def _add_column(
    shape: Shape, column: Column, *, scope: Scope, seen: set[tuple[str, ...]]
) -> None:
    bound, names = _bind(column, scope=scope, seen=seen)
    entry = _entry(bound, shape)
    if bound.steps:
        shape.add_remote(bound.steps, names[-1], entry)
    elif bound.stored:
        shape.add_stored(bound.name, bound.get)
    else:
        shape.add(names[-1], entry)


def _check_selectable(column: Column, scope: Scope) -> None:
    operand = column.operand
    if isinstance(operand, Call) and operand.name not in VALUE_FUNCTIONS:
        raise scope.refuse(
            "MALFORMED_QUERY",
            f"Field must be grouped or aggregated: {operand.text}",
            operand.position,
        )
    if isinstance(operand, Path) and column.alias is not None:
        raise scope.refuse(
            "MALFORMED_QUERY",
            "only aggregate expressions use field aliasing",
            operand.position,
        )


def _duplicate(column: Column, bound: Bound) -> QueryError:
    if column.alias:
        return QueryError("MALFORMED_QUERY", f"duplicate alias: {column.alias}")
    name = ".".join(bound.names)
    return QueryError("INVALID_FIELD", f"duplicate field selected: {name}")


def _entry(bound: Bound, shape: Shape) -> Entry:
    if bound.field is not None and bound.type == "base64" and not bound.steps:
        return linking(bound.get, shape, bound.name)
    return reading(bound.get)


def _add_typeof(shape: Shape, item: TypeOf, scope: Scope) -> None:
    steps = scope.parent(item.path)
    if not steps[-1].polymorphic:
        raise scope.refuse(
            "INVALID_FIELD",
            "Cannot use TYPEOF on a relationship that is not polymorphic: "
            f"{item.path.text}",
            item.path.position,
        )
    branches: dict[str, list[str]] = {}
    for kind, paths in item.branches:
        sobject = scope.schema.object(kind.text)
        if sobject is None:
            raise scope.refuse(
                "INVALID_TYPE",
                f"sObject type '{kind.text}' is not supported.",
                kind.position,
            )
        branches[sobject.name] = [
            scope.field_of(sobject, path.text, path).name for path in paths
        ]
    otherwise = [path.text for path in item.otherwise]
    for path in item.otherwise:
        if path.text.lower() not in NAME_FIELDS:
            raise scope.refuse(
                "INVALID_FIELD",
                f"No such column '{path.text}' on entity 'Name'.",
                path.position,
            )
    shape.add(steps[-1].name, TypeBranches(steps, shape, branches, otherwise=otherwise))
