"""Describe global, describe, basic information; with conditional requests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError
from salesforce_simulator.rest.recent import newest
from salesforce_simulator.wire.messages import Response


def describe_global(call: Call) -> Response:
    """``GET /sobjects``."""

    def body() -> dict[str, object]:
        entries = [one.global_entry(call.base) for one in call.schema.objects()]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries}

    return unless_unchanged(call, body)


def describe(call: Call) -> Response:
    """``GET /sobjects/X/describe``."""
    one = call.sobject()
    host = call.place.origin.partition("//")[2]
    return unless_unchanged(call, lambda: one.describe(call.base, host=host))


def unless_unchanged(call: Call, body: Callable[[], object]) -> Response:
    """What a describe answers, or 304 when the client has seen it already."""
    return _conditional(call) or Response(200, value=body(), headers=_stamps(call))


def basic_information(call: Call) -> Response:
    """``GET /sobjects/X``: the global entry and the user's recent rows."""
    one = call.sobject()
    value = {
        "objectDescribe": one.global_entry(call.base),
        "recentItems": newest(call, one, most=5),
    }
    return Response(200, value=value)


def not_modified_since(call: Call, moment: datetime) -> bool:
    """Whether ``If-Modified-Since`` names this moment or a later one."""
    since = _date(call, "if-modified-since")
    return since is not None and moment.replace(microsecond=0) <= since


def check_unmodified_since(call: Call, moment: datetime) -> None:
    """Raises 412 when ``If-Unmodified-Since`` names an earlier moment."""
    since = _date(call, "if-unmodified-since")
    if since is not None and moment.replace(microsecond=0) > since:
        raise RestError(412, "PRECONDITION_FAILED", "The resource was modified.")


def http_date(moment: datetime) -> str:
    """A moment as HTTP headers write it, in GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _conditional(call: Call) -> Response | None:
    modified = call.schema.modified
    check_unmodified_since(call, modified)
    if not_modified_since(call, modified):
        return Response(304, headers=_stamps(call))
    return None


def _stamps(call: Call) -> dict[str, str]:
    """One stamp and tag for all describes of the org, as observed."""
    modified = call.schema.modified
    text = f"{call.org.org_id}/{modified.timestamp()}"
    short = hashlib.sha256(text.encode()).hexdigest()[:8]
    zipped = "gzip" in call.request.headers.get("accept-encoding", "")
    return {
        "Last-Modified": http_date(modified),
        "ETag": f'"{short}{"--gzip" if zipped else ""}"',
    }


def _date(call: Call, name: str) -> datetime | None:
    text = call.request.headers.get(name)
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
