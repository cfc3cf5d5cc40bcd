"""What each user looked at last, for ``/recent`` and ``recentItems``."""

from __future__ import annotations

import threading
from typing import Any

from sfconnector.simulator.rest.call import Call
from sfconnector.simulator.schema import Row, SObjectType
from sfconnector.simulator.wire.messages import Response

_KEPT = 200


class Recent:
    """One user's recently seen rows, newest first."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], None] = {}
        self._lock = threading.Lock()

    def see(self, sobject: str, record_id: str) -> None:
        """Note that a row was made or read."""
        key = (sobject, record_id)
        with self._lock:
            self._seen.pop(key, None)
            self._seen[key] = None
            while len(self._seen) > _KEPT:
                del self._seen[next(iter(self._seen))]

    def of(
        self, call: Call, one: SObjectType | None = None, *, most: int
    ) -> list[dict[str, Any]]:
        """The newest rows that still exist, of one object or of all."""
        items: list[dict[str, Any]] = []
        with self._lock:
            newest_first = list(self._seen)[::-1]
        for sobject, record_id in newest_first:
            kind = call.schema.object(sobject)
            if kind is None or (one is not None and kind.name != one.name):
                continue
            row = call.store.get(sobject, record_id)
            if row is not None:
                items.append(item(call, kind, row))
            if len(items) >= most:
                break
        return items


def item(call: Call, one: SObjectType, row: Row) -> dict[str, Any]:
    """A row as ``/recent`` lists it: attributes, Id and its name."""
    name = one.name_field
    return {
        "attributes": call.attributes(one, row),
        "Id": row["Id"],
        "Name": one.value(row, name) if name else None,
    }


def recent(call: Call) -> Response:
    """``GET /recent?limit=``."""
    most = min(call.int_param("limit", 200), 2000)
    return Response(200, value=call.org.records.recent(call.user).of(call, most=most))
