"""Owns running a SOQL statement: text in, pages of records out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from salesforce_simulator.schema import Row, Schema
from salesforce_simulator.soql.ast import (
    Call,
    Column,
    Compare,
    Conjunction,
    Literal,
    Path,
    Query,
)
from salesforce_simulator.soql.children import child_adder
from salesforce_simulator.soql.columns import make_shape
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import QueryError, too_complicated
from salesforce_simulator.soql.filters import make_compiler, make_selector
from salesforce_simulator.soql.grouping import Grouper, is_aggregate
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.soql.parser import parse
from salesforce_simulator.soql.projection import Locate, Record
from salesforce_simulator.soql.selection import Selection
from salesforce_simulator.store import Reading

MAX_OFFSET = 2_000


class Result(Protocol):
    """What a query found; records are made when their page is asked for."""

    @property
    def total_size(self) -> int:
        """How many rows the query found, after LIMIT."""

    @property
    def purposes(self) -> frozenset[str]:
        """What the rows are read for, as FOR says: VIEW, REFERENCE."""

    @property
    def is_count(self) -> bool:
        """Whether the statement was SELECT COUNT(), which has no records."""

    def page(
        self, start: int, stop: int, *, locate: Locate | None = None
    ) -> list[Record]:
        """Return the records from position start to before stop.

        locate(child_result, parent_id, relationship) gives the nextRecordsUrl for
        children that do not fit into their parent's record; without it all do.
        """


class CountResult:
    """The answer to SELECT COUNT()."""

    purposes: frozenset[str] = frozenset()
    is_count = True

    def __init__(self, total_size: int) -> None:
        self.total_size = total_size

    def page(
        self, start: int, stop: int, *, locate: Locate | None = None
    ) -> list[Record]:
        """Return no records."""
        del start, stop, locate
        return []


class GroupResult:
    """The answer to an aggregate query."""

    purposes: frozenset[str] = frozenset()
    is_count = False

    def __init__(self, records: list[Record]) -> None:
        self._records = records
        self.total_size = len(records)

    def page(
        self, start: int, stop: int, *, locate: Locate | None = None
    ) -> list[Record]:
        """Return the records from position start to before stop."""
        del locate
        return self._records[start:stop]


class RowResult:
    """The answer to a plain query: rows of a snapshot and the shape to show them in."""

    is_count = False

    def __init__(
        self,
        selection: Selection,
        project: Callable[[Row, Locate | None], Record],
        lookups: Lookups,
        *,
        purposes: frozenset[str],
    ) -> None:
        self.purposes = purposes
        self._selection = selection
        self._project = project
        self._lookups = lookups
        self.total_size = selection.total

    def page(
        self, start: int, stop: int, *, locate: Locate | None = None
    ) -> list[Record]:
        """Return the records from position start to before stop."""
        self._lookups.forget()
        project = self._project
        return [project(row, locate) for row in self._selection.rows(start, stop)]


def run(  # noqa: PLR0913 - all but the text are keyword-only
    text: str,
    *,
    schema: Schema,
    store: Reading,
    include_deleted: bool,
    now: datetime,
    user_id: str,
    version: str,
    root: str = "",
) -> Result:
    """Run a statement on the rows as they stand now.

    schema is the user's view of the org; the time zone of now is the user's;
    version is like ``66.0``; root is where the addresses of rows begin, if not at the
    data API. Raises QueryError with Salesforce's code and message.
    """
    context = Context(
        schema=schema,
        store=store,
        include_deleted=include_deleted,
        now=now,
        user_id=user_id,
        version=version,
        lookups=Lookups(store, include_deleted=include_deleted),
        root=root,
    )
    try:
        return execute(parse(text), context)
    except RecursionError:
        raise too_complicated() from None


def execute(query: Query, context: Context) -> Result:
    """Run a parsed statement."""
    query = scoped(query, context)
    if query.offset > MAX_OFFSET:
        raise QueryError(
            "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}"
        )
    if counts(query):
        return _count(query, context)
    if is_aggregate(query):
        return _group(query, context)
    return _select(query, context)


def counts(query: Query) -> bool:
    """Tell whether the statement is SELECT COUNT(), which has no records."""
    item = query.items[0]
    return (
        len(query.items) == 1
        and isinstance(item, Column)
        and isinstance(item.operand, Call)
        and item.operand.name == "COUNT"
        and not item.operand.arguments
    )


def _count(query: Query, context: Context) -> CountResult:
    for order in query.order:
        raise QueryError(
            "MALFORMED_QUERY",
            f"Ordered field must be grouped or aggregated: {order.operand.text}",
        )
    if query.grouping is not None:
        raise QueryError(
            "MALFORMED_QUERY", "Grouped query cannot use COUNT() without a field"
        )
    scope = context.scope(context.target(query.target, query.source), query)
    return CountResult(make_selector(query, scope, context).select(query).total)


def _group(query: Query, context: Context) -> GroupResult:
    scope = context.scope(context.target(query.target, query.source), query)
    compiler = make_compiler(query, scope, context)
    grouper = Grouper(query, scope, compiler=compiler)
    plain = replace(query, order=(), limit=None, offset=0)
    selection = make_selector(plain, scope, context).select(plain)
    return GroupResult(grouper.run(selection.rows()))


def _select(query: Query, context: Context) -> RowResult:
    scope = context.scope(context.target(query.target, query.source), query)
    if query.having is not None:
        raise QueryError("MALFORMED_QUERY", "unexpected token: 'HAVING'")
    shape = make_shape(
        query, scope=scope, context=context, add_child=child_adder(context, depth=1)
    )
    selection = make_selector(query, scope, context).select(query)
    return RowResult(
        selection, shape.compile(), context.lookups, purposes=query.purposes
    )


def scoped(query: Query, context: Context) -> Query:
    """USING SCOPE mine adds a condition; the other scopes show everything."""
    if query.scope is None or query.scope.lower() != "mine":
        return query
    owner = Path("OwnerId", query.target.position)
    text = f"'{context.user_id}'"
    literal = Literal("string", context.user_id, query.target.position, text)
    mine = Compare(owner, "=", (literal,))
    where = mine if query.where is None else Conjunction((mine, query.where))
    return replace(query, scope=None, where=where)
