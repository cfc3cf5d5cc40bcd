"""Owns parent-to-child subqueries: the child records shown inside a record."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.schema import Row, SObjectType
from salesforce_simulator.soql.ast import Child, Path, Query
from salesforce_simulator.soql.columns import make_shape
from salesforce_simulator.soql.conditions import Predicate
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import QueryError, located
from salesforce_simulator.soql.filters import make_compiler
from salesforce_simulator.soql.ordering import Sorter
from salesforce_simulator.soql.projection import Locate, Record, Shape

MAX_SUBQUERIES = 20
DEEP_SINCE = 58.0
FIRST_PAGE = 200
"""Children shown inside the parent's record; the rest has a page of its own."""


class ChildResult:
    """The child records of one parent, read page by page like a Result."""

    is_count = False

    def __init__(
        self, rows: list[Row], project: Callable[[Row, Locate | None], Record]
    ) -> None:
        self._rows = rows
        self._project = project

    @property
    def total_size(self) -> int:
        """How many children there are."""
        return len(self._rows)

    @property
    def shown(self) -> int:
        """How many of them the parent's record shows when paging is on."""
        return min(len(self._rows), FIRST_PAGE)

    def page(
        self, start: int, stop: int, *, locate: Locate | None = None
    ) -> list[Record]:
        """Return the records from position start to before stop."""
        return [self._project(row, locate) for row in self._rows[start:stop]]


class Children:
    """The value of a subquery: the children of a row."""

    def __init__(
        self, query: Query, *, shape: Shape, context: Context, depth: int
    ) -> None:
        relation = relation_of(query, shape.sobject)
        sobject = context.schema.object(relation[1])
        if sobject is None:
            raise _unknown(query)
        self.name, _, self._field = relation
        self._sobject = sobject
        self._key = sobject.fields[self._field.lower()].reference_target or "Id"
        self._context = context
        self._query = query
        scope = context.scope(sobject, query)
        self._test: Predicate | None = None
        if query.where is not None:
            self._test = make_compiler(query, scope, context).compile(query.where)
        self._sorter = None
        if query.order:
            self._sorter = Sorter(
                query.order, resolve=scope.resolve, source=query.source
            )
        self._project = make_shape(
            query,
            scope=scope,
            context=context,
            add_child=child_adder(context, depth=depth + 1),
        ).compile()

    def __call__(self, row: Row, locate: Locate | None) -> Record | None:
        """Return the children of row as a query result of their own, None if none."""
        rows = self._rows(row[self._key])
        if not rows:
            return None
        result = ChildResult(rows, self._project)
        stop = len(rows) if locate is None else result.shown
        record: Record = {"totalSize": len(rows), "done": stop == len(rows)}
        if locate is not None and stop < len(rows):
            record["nextRecordsUrl"] = locate(result, row["Id"], self.name)
        record["records"] = result.page(0, stop, locate=locate)
        return record

    def _rows(self, parent_id: str) -> list[Row]:
        query = self._query
        rows = self._context.store.find(
            self._sobject.name,
            self._field,
            parent_id,
            include_deleted=self._context.include_deleted,
        )
        if self._test is not None:
            rows = [row for row in rows if self._test(row)]
        if self._sorter is not None:
            rows = self._sorter.sorted(rows)
        stop = None if query.limit is None else query.offset + query.limit
        return rows[query.offset : stop]


def child_adder(context: Context, *, depth: int) -> Callable[[Shape, Child], None]:
    """Return the function that adds subqueries of a depth, 1 being the outermost."""
    names: list[str] = []

    def add(shape: Shape, child: Child) -> None:
        if depth > (5 if context.release >= DEEP_SINCE else 1):
            raise QueryError(
                "MALFORMED_QUERY",
                "Nesting of subqueries is not supported to this depth: "
                f"{child.query.target.text}",
            )
        children = Children(child.query, shape=shape, context=context, depth=depth)
        if len(names) >= MAX_SUBQUERIES:
            raise QueryError(
                "MALFORMED_QUERY",
                f"A query may not have more than {MAX_SUBQUERIES} subqueries",
            )
        if children.name in names:
            raise QueryError(
                "INVALID_FIELD", f"duplicate field selected: {children.name}"
            )
        names.append(children.name)
        shape.add(children.name, children)

    return add


def relation_of(query: Query, parent: SObjectType) -> tuple[str, str, str]:
    """Return the name of the relationship, the child object and its lookup field.

    Raises QueryError for a relationship that the parent does not have.
    """
    first, _, rest = query.target.text.rpartition(".")
    found = parent.child(rest)
    if found is None or found.name is None or "." in first:
        raise _unknown(query)
    return found.name, found.child_sobject, found.field


def _unknown(query: Query) -> QueryError:
    target: Path = query.target
    return located(
        "INVALID_TYPE",
        f"Didn't understand relationship '{target.text}' in FROM part of query call. "
        "If you are attempting to use a custom relationship, be sure to append the "
        "'__r' after the custom relationship name. Please reference your WSDL or the "
        "describe call for the appropriate names.",
        source=query.source,
        position=target.position,
    )
