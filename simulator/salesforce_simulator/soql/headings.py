"""Owns what ``columns=true`` tells of a statement: its columns, without its rows."""

from __future__ import annotations

from typing import Any, Final

from salesforce_simulator.schema import SObjectType
from salesforce_simulator.soql.aggregates import AGGREGATES
from salesforce_simulator.soql.ast import Call, Child, Column, Operand, Query, TypeOf
from salesforce_simulator.soql.children import child_adder, relation_of
from salesforce_simulator.soql.columns import list_columns, make_shape
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import too_complicated
from salesforce_simulator.soql.execution import counts, scoped
from salesforce_simulator.soql.filters import make_compiler, make_selector
from salesforce_simulator.soql.grouping import Grouper, is_aggregate
from salesforce_simulator.soql.lookups import Step
from salesforce_simulator.soql.operators import family
from salesforce_simulator.soql.parser import parse
from salesforce_simulator.soql.scope import Bound, Scope

Heading = dict[str, Any]
_APEX: Final = {
    "id": "Id",
    "boolean": "Boolean",
    "number": "Decimal",
    "date": "Date",
    "datetime": "Datetime",
    "time": "Time",
}
_APEX_BY_TYPE: Final = {
    "int": "Integer",
    "base64": "Blob",
    "address": "Address",
    "location": "Location",
}


def describe(text: str, context: Context) -> dict[str, Any]:
    """Return the ``columnMetadata`` of a statement, and what it reads.

    Names are those of the schema, whatever case the statement uses. Columns of a
    parent, and those of a subquery, stand in the ``joinColumns`` of one column.
    Raises QueryError as running the statement does.
    """
    try:
        return _described(scoped(parse(text), context), context)
    except RecursionError:
        raise too_complicated() from None


def _described(query: Query, context: Context) -> dict[str, Any]:
    one = context.target(query.target, query.source)
    scope = context.scope(one, query)
    make_selector(query, scope, context).check(query)
    headings = [] if counts(query) else _headings(query, scope, context)
    return {
        "columnMetadata": headings,
        "entityName": one.name,
        "groupBy": query.grouping is not None,
        "idSelected": any(heading["columnName"] == "Id" for heading in headings),
        "keyPrefix": one.key_prefix,
    }


def _headings(
    query: Query, scope: Scope, context: Context, *, depth: int = 1
) -> list[Heading]:
    if is_aggregate(query):
        return _grouped(query, scope, context)
    # Making the shape tells of every error that the items can have.
    adder = child_adder(context, depth=depth)
    make_shape(query, scope=scope, context=context, add_child=adder)
    headings: list[Heading] = []
    for item in query.items:
        if isinstance(item, Child):
            headings.append(_subquery(item, scope, context, depth=depth))
        elif isinstance(item, TypeOf):
            _place(headings, scope.parent(item.path), _typed(item, scope))
        else:
            for bound in list_columns(_only(query, item), scope=scope):
                _place(headings, bound.steps, [_field(bound)])
    return headings


def _only(query: Query, item: Any) -> Query:
    return Query(
        query.source, (item,), query.target, where=query.where, limit=query.limit
    )


def _place(
    headings: list[Heading], steps: tuple[Step, ...], last: list[Heading]
) -> None:
    """Put columns into those of the parents that their path leads through."""
    for step in steps:
        found = next((h for h in headings if h["columnName"] == step.name), None)
        if found is None:
            found = _heading(step.name, foreign=step.field)
            headings.append(found)
        headings = found["joinColumns"]
    headings.extend(last)


def _subquery(child: Child, scope: Scope, context: Context, *, depth: int) -> Heading:
    name, sobject, _ = relation_of(child.query, scope.sobject)
    one: SObjectType = context.schema.object(sobject) or scope.sobject
    inner = context.scope(one, child.query)
    joined = _headings(child.query, inner, context, depth=depth + 1)
    return _heading(name, aggregate=True, joined=joined)


def _typed(item: TypeOf, scope: Scope) -> list[Heading]:
    """The fields of all branches, each once."""
    found: dict[str, Heading] = {}
    for kind, paths in item.branches:
        one = scope.schema.object(kind.text)
        for path in paths:
            field = one.field(path.text) if one else None
            if field is not None and one is not None:
                bound = Bound(one.getter(field), field.type, (field.name,), field)
                found.setdefault(field.name, _field(bound))
    for path in item.otherwise:
        found.setdefault(path.text, _heading(path.text, apex="String", text=True))
    return list(found.values())


def _grouped(query: Query, scope: Scope, context: Context) -> list[Heading]:
    compiler = make_compiler(query, scope, context)
    grouper = Grouper(query, scope, compiler=compiler)
    headings = []
    items = [item for item in query.items if isinstance(item, Column)]
    for (name, bound), item in zip(grouper.columns(), items, strict=True):
        operand = item.operand
        if isinstance(operand, Call) and operand.name in AGGREGATES:
            # The Salesforce CLI prints a column under this name, alias or not.
            shown = item.alias or _shown(operand, scope)
            kind = family(bound.type)
            headings.append(
                _heading(name, aggregate=True, shown=shown, number=kind == "number")
            )
        else:
            headings.append({**_field(bound), "columnName": name})
    return headings


def _shown(operand: Operand, scope: Scope) -> str:
    if isinstance(operand, Call):
        inner = ", ".join(_shown(one, scope) for one in operand.arguments)
        return f"{operand.name.lower()}({inner})"
    return ".".join(scope.path(operand).names)


def _field(bound: Bound) -> Heading:
    field, kind = bound.field, family(bound.type)
    apex = _APEX_BY_TYPE.get(bound.type) or _APEX.get(kind, "String")
    return _heading(
        bound.name,
        apex=apex,
        number=kind == "number",
        text=apex == "String",
        boolean=kind == "boolean",
        custom=field is not None and field.custom,
        insertable=field is not None and field.createable,
        updatable=field is not None and field.updateable,
    )


def _heading(  # noqa: PLR0913 - all but the name are keyword-only
    name: str,
    *,
    apex: str | None = None,
    aggregate: bool = False,
    shown: str = "",
    foreign: str | None = None,
    joined: list[Heading] | None = None,
    number: bool = False,
    text: bool = False,
    boolean: bool = False,
    custom: bool = False,
    insertable: bool = False,
    updatable: bool = False,
) -> Heading:
    return {
        "aggregate": aggregate,
        "apexType": apex,
        "booleanType": boolean,
        "columnName": name,
        "custom": custom,
        "displayName": shown or name,
        "foreignKeyName": foreign,
        "insertable": insertable,
        "joinColumns": joined or [],
        "numberType": number,
        "textType": text,
        "updatable": updatable,
    }
