"""What a round asks an org, five queries in one call, and what the answer says."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sfconnector import exact_json
from sfconnector.characters import readable
from sfconnector.exceptions import Corrupt
from sfconnector.models import SyncPlan
from sfconnector.records import Row
from sfconnector.salesforce import soql
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.types import Subrequest
from sfconnector.sync import moments
from sfconnector.sync.readers.splitting import Cutter
from sfconnector.sync.shape import Shape

MOST_ROWS = 200
"""Who has more is read by a run."""
OK = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A plan, and what is read of its object."""

    plan: SyncPlan
    shape: Shape
    next_run_at: datetime | None
    """When the plan is due next, once it was looked at."""
    lists_deleted: bool = False
    """The org lists what was deleted of the object, and the plan follows it."""

    @property
    def query(self) -> str:
        """Return the query for what changed since the cursor, with the overlap."""
        since = moments.since(
            self.plan.cursor_value, overlap_minutes=self.plan.overlap_minutes
        )
        return self.shape.changes(since=since, limit=MOST_ROWS)

    @property
    def fits(self) -> bool:
        """Tell whether the query of every field is short enough for an address."""
        return soql.fits(self.query)


def ask(client: Client, asked: Sequence[Asked]) -> list[list[Row] | None]:
    """Ask for the changes of up to five plans in one call; return each one's rows.

    None where a run is to read: there are more rows, the part was refused, or it is
    not what was asked for. Raises what the call as a whole raises.
    """
    parts = [
        Subrequest(
            method="GET",
            url=_address(client, one),
            reference_id=f"plan{place}",
        )
        for place, one in enumerate(asked)
    ]
    answers, stand_in = send(client, parts)
    return [
        _rows(answers.get(part.reference_id), one, client, stand_in)
        for part, one in zip(parts, asked, strict=True)
    ]


def send(
    client: Client, parts: Sequence[Subrequest]
) -> tuple[dict[str, Mapping[str, Any]], str]:
    """Send subrequests; return their answers, and what stands for unreadable text."""
    body, stand_in = readable(client.composite_raw(parts))
    return _answers(body), stand_in


def body_of(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the body of a part that went well, None of any other."""
    found = part.get("body") if part else None
    if part is None or part.get("httpStatusCode") != OK or not isinstance(found, dict):
        return None
    return found


def all_records(found: Mapping[str, Any]) -> list[Any] | None:
    """Return the records of an answer, None when these are not all of them."""
    records = found.get("records")
    if not isinstance(records, list):
        return None
    is_last = found.get("done") is True and found.get("nextRecordsUrl") is None
    return records if is_last and found.get("totalSize") == len(records) else None


def _address(client: Client, one: Asked) -> str:
    resource = "queryAll" if one.shape.with_deleted else "query"
    return f"{client.data_path(resource)}?q={quote(one.query, safe='')}"


def _answers(body: bytes) -> dict[str, Mapping[str, Any]]:
    """Read the parts of a composite answer. Raises Corrupt when it is none."""
    try:
        parts = exact_json.loads(body)["compositeResponse"]
        return {str(part["referenceId"]): part for part in parts}
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise Corrupt from error


def _rows(
    part: Mapping[str, Any] | None, one: Asked, client: Client, stand_in: str
) -> list[Row] | None:
    found = body_of(part)
    records = None if found is None else all_records(found)
    if records is None or len(records) >= MOST_ROWS:
        return None
    cutter = Cutter(one.shape, version=client.api_version)
    try:
        cut = cutter.write(records, stand_in=stand_in, body=b"")
    except Corrupt:
        return None
    # What had to be cleaned is to be said, and only a run has a log.
    return None if cut.cleaned or not _is_in_order(cut.rows) else cut.rows


def _is_in_order(rows: Sequence[Row]) -> bool:
    """Tell whether stamps do not fall, and no id came twice."""
    stamps = [row.stamp or "" for row in rows]
    return stamps == sorted(stamps) and len({row.record_id for row in rows}) == len(
        rows
    )
