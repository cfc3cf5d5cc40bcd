"""``/sobjects/X/updated`` and ``/sobjects/X/deleted``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.wire.messages import Response

MAX_IDS = 600_000
UPDATED_DAYS, DELETED_DAYS = 30, 15
_OFFSET = re.compile(r"[ +](\d\d):?(\d\d)$")


def updated(call: Call) -> Response:
    """Ids of rows changed in a window of whole minutes, both ends counted in."""
    one = _replicated(call)
    start, end = _window(call, days=UPDATED_DAYS)
    ids = call.store.updated_ids(one.name, wire_datetime(start), wire_datetime(end))
    _check_number(len(ids))
    body = {"ids": ids, "latestDateCovered": wire_datetime(_minute(end))}
    return Response(200, value=body)


def deleted(call: Call) -> Response:
    """Ids and times of rows deleted in a window of whole minutes."""
    one = _replicated(call)
    start, end = _window(call, days=DELETED_DAYS)
    found = call.store.deleted_ids(one.name, wire_datetime(start), wire_datetime(end))
    _check_number(len(found))
    earliest = call.org.clock.now() - timedelta(days=DELETED_DAYS)
    body = {
        "deletedRecords": [{"id": key, "deletedDate": at} for key, at in found],
        "earliestDateAvailable": wire_datetime(_minute(earliest)),
        "latestDateCovered": wire_datetime(_minute(end)),
    }
    return Response(200, value=body)


def _replicated(call: Call) -> SObjectType:
    one = call.sobject()
    if not one.replicateable:
        message = f"object type {one.name} is not replicateable"
        raise RestError(400, "INVALID_TYPE_FOR_OPERATION", message)
    return one


def _window(call: Call, *, days: int) -> tuple[datetime, datetime]:
    start, end = _moment(call, "start"), _moment(call, "end")
    now = call.org.clock.now()
    if start >= end:
        raise _wrong("startDate must be before endDate")
    if start < now - timedelta(days=days, minutes=1):
        raise _wrong(f"startDate is more than {days} days ago")
    latest = now if call.org.lists_running_minute else _minute(now)
    return start, min(end, latest)


def _moment(call: Call, name: str) -> datetime:
    text = call.query.get(name, "")
    if not text:
        raise RestError(400, "MISSING_ARGUMENT", f"{name} is required")
    # An unescaped plus sign of the offset arrives as a space.
    text = _OFFSET.sub(r"+\1:\2", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(
            400, "INVALID_FIELD", f"{name} is not an ISO 8601 date: {text}"
        ) from None
    return _minute(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _wrong(message: str) -> RestError:
    return RestError(400, "INVALID_REPLICATION_DATE", message)


def _check_number(number: int) -> None:
    if number > MAX_IDS:
        raise RestError(400, "EXCEEDED_ID_LIMIT", "more than 600,000 ids")
