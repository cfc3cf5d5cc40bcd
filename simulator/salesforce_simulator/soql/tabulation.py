"""Owns running a statement for a table: flat rows of values, as CSV needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from salesforce_simulator.schema import Row, SObjectType
from salesforce_simulator.soql.ast import Child, Query, TypeOf
from salesforce_simulator.soql.columns import list_columns
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.execution import scoped
from salesforce_simulator.soql.filters import make_selector
from salesforce_simulator.soql.grouping import is_aggregate
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.soql.scope import Bound
from salesforce_simulator.soql.selection import Selection

_REFUSED = "API_ERROR"
"""The code recorded for compound data; believed to be that of the other refusals."""


class Table:
    """Columns and rows of a snapshot; rows are made when they are read."""

    def __init__(
        self, columns: list[Bound], selection: Selection, lookups: Lookups
    ) -> None:
        self.columns = columns
        self._selection = selection
        self._lookups = lookups

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._selection.total

    def rows(self, start: int, stop: int) -> Iterator[tuple[Any, ...]]:
        """Make the rows from position start to before stop, values in column order."""
        self._lookups.forget()
        slow = [column.get for column in self.columns]
        take = _taker(self.columns)
        for row in self._selection.rows(start, stop):
            try:
                yield take(row)
            except KeyError:
                yield tuple(get(row) for get in slow)


def _taker(columns: list[Bound]) -> Callable[[Row], tuple[Any, ...]]:
    if all(column.stored for column in columns) and len(columns) > 1:
        return itemgetter(*(column.name for column in columns))
    getters = [column.get for column in columns]
    return lambda row: tuple(get(row) for get in getters)


@dataclass(frozen=True)
class Tabulation:
    """A statement that was checked and may be run as a table."""

    query: Query
    context: Context
    sobject: SObjectType

    def run(self) -> Table:
        """Select the rows as they stand now.

        Raises QueryError, for instance when a field is gone since the check.
        """
        sobject = self.context.target(self.query.target, self.query.source)
        scope = self.context.scope(sobject, self.query)
        columns = list_columns(self.query, scope=scope)
        selection = make_selector(self.query, scope, self.context).select(self.query)
        return Table(columns, selection, self.context.lookups)


def tabulate(query: Query, context: Context) -> Tabulation:
    """Check that query may be exported row by row, and prepare it.

    Raises QueryError: for what no table can show (subqueries, aggregates, TYPEOF,
    OFFSET, compound and binary fields), and for any error of the statement.
    """
    query = scoped(query, context)
    sobject = context.target(query.target, query.source)
    _check_items(query)
    columns = list_columns(query, scope=context.scope(sobject, query))
    for column in columns:
        if column.field is not None and column.field.compound:
            raise QueryError(
                _REFUSED, "Selecting compound data not supported in Bulk Query"
            )
        if column.type == "base64":
            raise QueryError(
                _REFUSED, "Selecting binary data not supported in Bulk Query"
            )
    # Compiling the conditions now tells of their errors when the job is made.
    make_selector(query, context.scope(sobject, query), context).check(query)
    return Tabulation(query, context, sobject)


def _check_items(query: Query) -> None:
    if any(isinstance(item, Child) for item in query.items):
        raise QueryError(
            _REFUSED, "Aggregate Relationships not supported in Bulk Query"
        )
    if any(isinstance(item, TypeOf) for item in query.items):
        raise QueryError(_REFUSED, "TYPEOF not supported in Bulk Query")
    if is_aggregate(query):
        raise QueryError(
            _REFUSED, "Aggregate functions and GROUP BY not supported in Bulk Query"
        )
    if query.offset:
        raise QueryError(_REFUSED, "OFFSET not supported in Bulk Query")
