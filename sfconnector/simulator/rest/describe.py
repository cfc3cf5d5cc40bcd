"""Describe global, describe, basic information; with conditional requests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from sfconnector.simulator.rest.call import Call
from sfconnector.simulator.rest.errors import RestError
from sfconnector.simulator.wire.messages import Response


def describe_global(call: Call) -> Response:
    """``GET /sobjects``."""

    def body() -> dict[str, object]:
        entries = [one.global_entry(call.version) for one in call.schema.objects()]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries}

    unchanged = _conditional(call)
    return unchanged or Response(200, value=body(), headers=_stamps(call))


def describe(call: Call) -> Response:
    """``GET /sobjects/X/describe``."""
    one = call.sobject()
    unchanged = _conditional(call)
    if unchanged:
        return unchanged
    value = one.describe(call.version, host=_host(call))
    return Response(200, value=value, headers=_stamps(call))


def basic_information(call: Call) -> Response:
    """``GET /sobjects/X``: the global entry and the user's recent rows."""
    one = call.sobject()
    value = {
        "objectDescribe": one.global_entry(call.version),
        "recentItems": call.org.records.recent(call.user).of(call, one, most=5),
    }
    return Response(200, value=value)


def layouts(call: Call) -> Response:
    """``GET /sobjects/X/describe/layouts`` and its neighbours: empty lists."""
    one = call.sobject()
    if not one.layoutable:
        raise RestError(404, "NOT_FOUND", "The requested resource does not exist")
    return Response(200, value={"layouts": [], "recordTypeMappings": []})


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


def _host(call: Call) -> str:
    return call.org.instance_url(call.request).partition("//")[2]


def _date(call: Call, name: str) -> datetime | None:
    text = call.request.headers.get(name)
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
