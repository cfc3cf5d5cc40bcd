"""Which values of a record differ: not its spelling, its order or its attributes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from sfconnector import exact_json
from sfconnector.models import Record
from sfconnector.records.rows import Row, Target

Difference: TypeAlias = tuple[str, Any, Any]
"""A field, its value before, its value now."""
CHUNK = 500
ABSENT = object()


def differences_of(target: Target, rows: Sequence[Row]) -> dict[str, list[Difference]]:
    """Return how rows differ from what is stored of them, by id.

    Call inside the transaction that stores the rows, before it does. A row whose
    values are those that are stored has an empty list; one that is new has none.
    """
    fresh = {row.record_id: row for row in rows}
    return {
        key: list(_differences(before, exact_json.loads(fresh[key].data)))
        for key, before in _stored(target, list(fresh))
    }


def _stored(target: Target, ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    rows = Record.objects.filter(org=target.org_id, sobject=target.sobject)
    for start in range(0, len(ids), CHUNK):
        some = rows.filter(record_id__in=ids[start : start + CHUNK])
        yield from some.values_list("record_id", "data")


def _differences(
    before: dict[str, Any], after: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    for field in {**before, **after}:
        old, new = before.get(field, ABSENT), after.get(field, ABSENT)
        if field != "attributes" and old != new and bare(old) != bare(new):
            yield field, old, new


def bare(value: Any) -> Any:
    """Return a value without attributes; an object of nulls alone is null.

    So does the normal form; what an older version stored may have them still.
    """
    if not isinstance(value, dict):
        return value
    inner = {key: bare(one) for key, one in value.items() if key != "attributes"}
    return inner if any(one is not None for one in inner.values()) else None
