"""Answers of the explorer: what in them leads to a record or to another call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sfconnector.admin.browsing import record_url
from sfconnector.models import Org, Record, SObject

ID_LENGTH = 18
MOST_IDS = 500


class Links:
    """What a value of an answer leads to: a cached record, or another call."""

    def __init__(self, org: Org, body: Any, *, site: str) -> None:
        ids = list(dict.fromkeys(_ids(body)))[:MOST_IDS]
        self.records = {
            record.record_id: record_url(org, record, site=site)
            for record in _cached(org, ids)
        }

    def record(self, value: str) -> str:
        """Return the page of the cached record with this id, "" when there is none."""
        return self.records.get(value, "")

    def path(self, value: str) -> str:
        """Return the path that a value leads to within the org, "" when none."""
        return value if value.startswith("/services/data/") else ""


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str) and len(value) == ID_LENGTH and value.isalnum():
        yield value
    elif isinstance(value, Mapping) and depth < 20:
        for inner in value.values():
            yield from _ids(inner, depth + 1)
    elif isinstance(value, list) and depth < 20:
        for inner in value:
            yield from _ids(inner, depth + 1)


def _cached(org: Org, ids: list[str]) -> Iterable[Record]:
    """Return the cached records with these ids: their prefixes name the objects."""
    prefixes = {value[:3] for value in ids}
    rows = SObject.objects.filter(org=org, key_prefix__in=prefixes, total_count__gt=0)
    names = list(rows.values_list("name", flat=True))
    if not names:
        return ()
    found = Record.objects.filter(org=org, sobject__in=names, record_id__in=ids)
    return found.only("sobject", "record_id")
