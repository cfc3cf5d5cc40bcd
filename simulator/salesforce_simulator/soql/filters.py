"""Owns the compiling of one query's WHERE, semi-joins included."""

from __future__ import annotations

from salesforce_simulator.soql.ast import Column, Compare, Query
from salesforce_simulator.soql.conditions import Compiler, check_semi_joins
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.operators import family
from salesforce_simulator.soql.scope import Bound, Scope
from salesforce_simulator.soql.selection import Selector


def make_compiler(
    query: Query, scope: Scope, context: Context, *, nested: bool = False
) -> Compiler:
    """Return the compiler of query's conditions.

    nested says that query is the inner one of a semi-join. Raises QueryError for
    semi-joins where Salesforce does not allow them.
    """
    check_semi_joins(query.where, nested=nested)
    known: dict[int, frozenset[str]] = {}

    def subselect(bound: Bound, compare: Compare, inner: Query) -> frozenset[str]:
        if id(inner) not in known:
            known[id(inner)] = _ids(bound, compare, inner, scope=scope, context=context)
        return known[id(inner)]

    return Compiler(
        source=query.source,
        now=context.now,
        resolve=scope.resolve,
        subselect=subselect,
    )


def make_selector(query: Query, scope: Scope, context: Context) -> Selector:
    """Return the selector of query's rows."""
    return _selector(query, scope, context, nested=False)


def _selector(
    query: Query, scope: Scope, context: Context, *, nested: bool
) -> Selector:
    compiler = make_compiler(query, scope, context, nested=nested)
    snapshot = context.store.snapshot(scope.sobject.name)
    return Selector(snapshot, scope, compiler=compiler, deleted=context.include_deleted)


def _ids(
    bound: Bound, compare: Compare, inner: Query, *, scope: Scope, context: Context
) -> frozenset[str]:
    """Run the inner query of a semi-join; ids are cut to 15 characters."""
    if family(bound.type) != "id":
        raise scope.refuse(
            "INVALID_FIELD",
            "The left operand field in the where expression for outer query should be "
            f"an id field, cannot use: '{bound.name}'",
            compare.operand.position,
        )
    sobject = context.target(inner.target, inner.source)
    inner_scope = context.scope(sobject, inner)
    chosen = _selected(inner, inner_scope)
    if family(chosen.type) != "id" or not _alike(bound, chosen):
        raise scope.refuse(
            "INVALID_FIELD",
            f"The selected field '{chosen.name}' in the subquery and the left operand "
            f"field in the where expression in the outer query '{bound.name}' should "
            "point to the same object type",
            compare.operand.position,
        )
    selector = _selector(inner, inner_scope, context, nested=True)
    values = (chosen.get(row) for row in selector.select(inner).rows())
    return frozenset(value[:15] for value in values if value is not None)


def _selected(inner: Query, scope: Scope) -> Bound:
    item = inner.items[0]
    if len(inner.items) == 1 and isinstance(item, Column):
        return scope.resolve(item.operand)
    raise scope.refuse(
        "MALFORMED_QUERY",
        "A semi join sub-select must select exactly one field",
        inner.target.position,
    )


def _alike(left: Bound, right: Bound) -> bool:
    return bool(_targets(left) & _targets(right))


def _targets(bound: Bound) -> frozenset[str]:
    if bound.field is not None and bound.field.reference_to:
        return frozenset(bound.field.reference_to)
    return frozenset([bound.owner.name] if bound.owner is not None else [])
