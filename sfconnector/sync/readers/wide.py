"""Field lists too long for an address: read in groups and joined by id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sfconnector import exact_json
from sfconnector.characters import readable
from sfconnector.exceptions import Corrupt
from sfconnector.records import by_name
from sfconnector.salesforce import soql
from sfconnector.salesforce.types import RawPage
from sfconnector.sync.readers import rest
from sfconnector.sync.readers.checking import refused
from sfconnector.sync.readers.rest import Page, Reader
from sfconnector.sync.work.checkpoints import ByRest
from sfconnector.sync.work.work import Work
from sfconnector.texts import gettext_noop as _

IDS_PER_QUERY = 200
Compose = Callable[[Sequence[str]], str]
"""Gives the query of some fields."""


class Group(NamedTuple):
    """A page of a part of the fields, decoded: it is to be joined with others."""

    raw: RawPage
    records: list[dict[str, Any]]
    stand_in: str
    """See ``characters.readable``."""

    @property
    def row_count(self) -> int:
        """Return how many records it has."""
        return len(self.records)


def fits(work: Work, compose: Compose) -> bool:
    """Tell whether the query of all fields may go out as one."""
    return soql.fits(compose(work.shape.fields), room=work.at(ByRest).room)


def pages(work: Work, compose: Compose, *, read: Reader) -> Iterator[Page]:
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
        room=work.at(ByRest).room,
    )
    query = compose(first)
    for group in rest.pages(work.client, query, all_rows=all_rows, read=decoded):
        yield _completed(work, group, others, keys, read)


def decoded(raw: RawPage) -> Group:
    """Decode a page; numbers keep their digits. Raises Corrupt when it is none."""
    body, stand_in = readable(raw.content)
    try:
        records = exact_json.loads(body)["records"]
        if not all(isinstance(record, dict) for record in records):
            raise ValueError("a record is not an object")
    except (ValueError, RecursionError, LookupError, TypeError) as error:
        raise refused(body, error) from error
    return Group(raw, records, stand_in)


def _completed(
    work: Work,
    page: Group,
    groups: Sequence[Sequence[str]],
    keys: Sequence[str],
    read: Reader,
) -> Page:
    """Fetch the other groups of a page's records and join them."""
    found = {_id_of(record): record for record in page.records}
    stand_in = page.stand_in
    for fields in groups:
        names = ["Id", *(name for name in fields if name not in keys)]
        missing = set(found)
        for part in _parts(work, names, list(found)):
            stand_in = stand_in or part.stand_in
            for record in part.records:
                key = _id_of(record)
                if key in found:
                    found[key] = joined(found[key], record)
                    missing.discard(key)
        if missing:
            raise Corrupt(
                _("{missing} vanished while its fields were read.").format(
                    missing=min(missing)
                )
            )
    return read.page_of(page.raw, list(found.values()), stand_in=stand_in)


def _parts(work: Work, names: Sequence[str], ids: Sequence[str]) -> Iterator[Group]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        query = soql.compose(
            select=names,
            from_=work.shape.sobject,
            where=soql.compare("Id", "IN", ids[start : start + IDS_PER_QUERY]),
        )
        yield from rest.pages(
            work.client, query, all_rows=work.shape.with_deleted, read=decoded
        )


def _id_of(record: Mapping[str, Any]) -> str:
    try:
        return str(by_name(("Id",), record)["Id"])
    except ValueError as error:
        raise Corrupt(
            _("A record of a page has no Id: {error}").format(error=error)
        ) from error


def joined(one: Any, other: Any) -> Any:
    """Join what two queries told of a record, its parents included, at any depth."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: joined(one[name], other[name]) for name in one.keys() & other}
        return {**one, **other, **both}
    return one if other is None else other
