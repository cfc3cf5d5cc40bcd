"""Owns ORDER BY: how rows are sorted, and where nulls go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesforce_simulator.schema.fields import Row
from salesforce_simulator.soql.ast import Operand, Order
from salesforce_simulator.soql.errors import QueryError, located
from salesforce_simulator.soql.operators import family, fold
from salesforce_simulator.soql.scope import Bound

MAX_ORDERS = 32
Key = tuple[bool, Any]


class Sorter:
    """Sorts rows, or anything that stands for rows, by the items of ORDER BY.

    Nulls come first in either direction unless the query says otherwise ("By
    default, null values are sorted first", SOQL reference); text is sorted by its
    upper-case form. Raises QueryError for a field that cannot be sorted by.
    """

    def __init__(
        self,
        orders: tuple[Order, ...],
        *,
        resolve: Callable[[Operand], Bound],
        source: str,
    ) -> None:
        if len(orders) > MAX_ORDERS:
            raise QueryError(
                "MALFORMED_QUERY", f"Maximum of {MAX_ORDERS} fields allowed in ORDER BY"
            )
        self._keys = [_key(one, resolve=resolve, source=source) for one in orders]
        self._descending = [one.descending for one in orders]

    def keys(self, row: Row) -> tuple[Key, ...]:
        """Return what row is sorted by."""
        return tuple(key(row) for key in self._keys)

    def sort(self, keyed: list[tuple[tuple[Key, ...], Any]]) -> None:
        """Sort pairs of keys and something else in place, equals kept in order."""
        for index in reversed(range(len(self._keys))):
            keyed.sort(key=_nth(index), reverse=self._descending[index])

    def sorted(self, rows: list[Row]) -> list[Row]:
        """Return rows in order."""
        keyed = [(self.keys(row), row) for row in rows]
        self.sort(keyed)
        return [row for _, row in keyed]


def _nth(index: int) -> Callable[[tuple[tuple[Key, ...], Any]], Key]:
    return lambda pair: pair[0][index]


def _key(
    order: Order, *, resolve: Callable[[Operand], Bound], source: str
) -> Callable[[Row], Key]:
    bound = resolve(order.operand)
    field = bound.field
    if field is not None and not field.sortable:
        raise located(
            "MALFORMED_QUERY",
            f"field '{field.name}' can not be sorted in a query call",
            source=source,
            position=order.operand.position,
        )
    get = bound.get
    folded = fold(family(bound.type))
    null_rank = order.nulls_first is order.descending

    def key(row: Row) -> Key:
        value = get(row)
        if value is None:
            return null_rank, 0
        return not null_rank, folded(value)

    return key
