"""The hourly look for what was purged, of many plans in one call.

A list of deletions is no query, so one call holds those of twenty-five plans. What lies
longest in the recycle bins is asked for by queries, five in a call. Where everything is
as it is cached, that is all; whoever misses something gets a run, which settles it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sfconnector.models import Record
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.types import Subrequest
from sfconnector.sync import choosing, moments
from sfconnector.sync.rounds.asked import Asked, all_records, body_of, send
from sfconnector.sync.walks.leavers import PURGES_EVERY
from sfconnector.sync.walks.missing import IDS_PER_QUERY

PARTS = 25
"""Subrequests that a composite request may hold."""
MOST_LISTED = 2_000
"""Where more was deleted in an hour, a run looks at it."""
MINUTE = timedelta(minutes=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What an org says of its deletions of an object."""

    ids: frozenset[str]
    covered: str
    """Up to when, as the org writes a moment."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    asked: Asked
    in_bin: Sequence[str]
    """Records that lie in the recycle bin for longest, as far as is cached."""


def is_due(one: Asked, now: datetime) -> bool:
    """Tell whether it is time, by the org's clock, to ask what was purged."""
    covered = one.plan.deleted_covered_until
    if not one.lists_deleted or not covered:
        return False
    return now - moments.parse_stamp(covered) >= PURGES_EVERY


def ask(client: Client, due: Sequence[Asked], now: datetime) -> dict[int, Listed]:
    """Ask what was deleted; return what is listed, by the keys of the plans.

    Plans are left out that need a run. Raises what a call as a whole raises.
    """
    found: dict[int, Listed] = {}
    for looks in _calls([_Look(asked=one, in_bin=_in_bin(one)) for one in due]):
        parts = [part for look in looks for part in _parts(client, look, now)]
        answers, _ = send(client, parts)
        for look in looks:
            key = look.asked.plan.pk
            listed = _listed(body_of(answers.get(f"deleted{key}")))
            if listed and _are_there(body_of(answers.get(f"bin{key}")), look.in_bin):
                found[key] = listed
    return found


def _in_bin(one: Asked) -> list[str]:
    rows = Record.objects.of(one.plan.org, one.shape.sobject)
    deleted = rows.filter(state=Record.State.DELETED).order_by("system_modstamp")
    return list(deleted.values_list("record_id", flat=True)[:IDS_PER_QUERY])


def _calls(looks: Sequence[_Look]) -> Iterator[list[_Look]]:
    some: list[_Look] = []
    for look in looks:
        queries = sum(bool(one.in_bin) for one in [*some, look])
        if queries > choosing.TOGETHER or queries + len(some) + 1 > PARTS:
            yield some
            some = []
        some.append(look)
    if some:
        yield some


def _parts(client: Client, look: _Look, now: datetime) -> Iterator[Subrequest]:
    plan, shape = look.asked.plan, look.asked.shape
    start = moments.parse_stamp(plan.deleted_covered_until) - MINUTE
    window = {"start": _moment(start), "end": _moment(now + MINUTE)}
    path = client.data_path(f"sobjects/{shape.sobject}/deleted")
    yield Subrequest(
        method="GET",
        url=f"{path}/?{urlencode(window)}",
        reference_id=f"deleted{plan.pk}",
    )
    if look.in_bin:
        asked = urlencode({"q": shape.among(look.in_bin)})
        yield Subrequest(
            method="GET",
            url=f"{client.data_path('queryAll')}?{asked}",
            reference_id=f"bin{plan.pk}",
        )


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _listed(found: Mapping[str, Any] | None) -> Listed | None:
    """Read a list of deletions; None when it is none."""
    if found is None:
        return None
    try:
        ids = frozenset(str(one["id"]) for one in found["deletedRecords"])
        covered = moments.parse_stamp(found["latestDateCovered"])
    except (LookupError, TypeError, ValueError):
        return None
    if len(ids) > MOST_LISTED:
        return None
    return Listed(ids=ids, covered=moments.stamp_of(covered))


def _are_there(found: Mapping[str, Any] | None, ids: Sequence[str]) -> bool:
    """Tell whether all of these still lie in the recycle bin."""
    if not ids:
        return True
    records = None if found is None else all_records(found)
    if records is None:
        return False
    deleted = {
        one.get("Id")
        for one in records
        if isinstance(one, dict) and one.get("IsDeleted") is True
    }
    return deleted >= set(ids)
