"""Field lists too long for an address: read in groups and joined by id."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.records.rows import content_hash
from sfconnector.salesforce import soql
from sfconnector.salesforce.types import RawPage
from sfconnector.sync import rest
from sfconnector.sync.rest import Page
from sfconnector.sync.work import Work

IDS_PER_QUERY = 200
Compose = Callable[[Sequence[str]], str]
"""Gives the query of some fields."""


def fits(work: Work, compose: Compose) -> bool:
    """Tell whether the query of all fields may go out as one."""
    room = work.checkpoint.get("room", soql.URI_ROOM)
    return soql.fits(compose(work.shape.fields), room=room)


def pages(
    work: Work, compose: Compose, *, read: Callable[[RawPage], Page]
) -> Iterator[Page]:
    """Yield the pages of a query, with every field, however many there are."""
    all_rows = work.shape.with_deleted
    if fits(work, compose):
        query = compose(work.shape.fields)
        yield from rest.pages(work.client, query, all_rows=all_rows, read=read)
        return
    keys = [
        name
        for name in ("Id", work.shape.cursor_field, "IsDeleted")
        if name in work.shape.fields
    ]
    first, *others = soql.split(
        work.shape.fields,
        rest=compose(["Id"]),
        always=keys,
        room=work.checkpoint.get("room", soql.URI_ROOM),
    )
    query = compose(first)
    for page in rest.pages(work.client, query, all_rows=all_rows, read=read):
        yield _completed(work, page, others, keys)


def _completed(
    work: Work, page: Page, groups: Sequence[Sequence[str]], keys: Sequence[str]
) -> Page:
    """Fetch the other groups of a page's records and join them."""
    found: dict[str, dict[str, Any]] = {row.record_id: {} for row in page.rows}
    ids = list(found)
    for group in groups:
        names = ["Id", *(name for name in group if name not in keys)]
        for start in range(0, len(ids), IDS_PER_QUERY):
            query = soql.compose(
                select=names,
                from_=work.shape.sobject,
                where=soql.compare("Id", "IN", ids[start : start + IDS_PER_QUERY]),
            )
            for part in work.client.query(query, all_rows=work.shape.with_deleted):
                for record in part.records:
                    found[str(record["Id"])].update(record)
    rows = [_joined(row, found[row.record_id]) for row in page.rows]
    return dataclasses.replace(page, rows=rows)


def _joined(row: Row, more: dict[str, Any]) -> Row:
    if not more:
        raise Corrupt(f"{row.record_id} vanished while its fields were read.")
    record = {**json.loads(row.data), **more}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    return row._replace(data=text, content_hash=content_hash(text))
