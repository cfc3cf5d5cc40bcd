"""The fair peer: simple-salesforce and Django's bulk_create, as people write it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from benchmarks.subject import BATCH, SOBJECT, SOQL
from sfconnector.models import Org, Record


class PlainHTTP(HTTPAdapter):
    """Sends to the pretend org by http what the library addresses by https."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Send without TLS: only this loopback address is mounted here."""
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


def client(host: str, token: str) -> Salesforce:
    """Return the library's client for the pretend org."""
    session = requests.Session()
    session.mount(f"https://{host}", PlainHTTP())
    return Salesforce(instance=host, session_id=token, session=session, version="66.0")


def by_rest(source: Salesforce, org: Org) -> int:
    """Read by query_all_iter and upsert batches of 2,000."""
    return _store(source.query_all_iter(SOQL), org)


def by_bulk(source: Salesforce, org: Org) -> int:
    """Read by its Bulk 2.0 client, whose five seconds before the first poll go."""
    import csv
    import io

    from simple_salesforce import bulk2

    bulk2.sleep = lambda _seconds: None
    pages = getattr(source.bulk2, SOBJECT).query(SOQL)
    rows = (row for page in pages for row in csv.DictReader(io.StringIO(page)))
    return _store(rows, org)


def _store(rows: Iterable[dict[str, Any]], org: Org) -> int:
    number = 0
    for batch in _batches(rows):
        Record.objects.bulk_create(
            [_record(row, org) for row in batch],
            update_conflicts=True,
            unique_fields=["org", "sobject", "record_id"],
            update_fields=["data", "system_modstamp", "content_hash"],
        )
        number += len(batch)
    return number


def _record(row: dict[str, Any], org: Org) -> Record:
    return Record(
        org=org,
        sobject=SOBJECT,
        record_id=row["Id"],
        system_modstamp=row["SystemModstamp"],
        content_hash=0,
        data=row,
    )


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
