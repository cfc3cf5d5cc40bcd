"""What a record list was asked for: state, search, filters, order, page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sfconnector.admin.browsing import name_field
from sfconnector.models import Record, SField, SObject

SMALL = 20_000
"""Rows up to which any field may be searched, filtered and sorted without an index."""
SHORTEST_SEARCH = 3
ID_LENGTHS = (15, 18)
STATES = (
    ("live", _("Live")),
    ("deleted", _("Deleted")),
    ("all", _("All")),
)
SEARCHED_TYPES = {"string", "email", "phone", "picklist", "textarea", "url"}
MOST_SEARCHED = 4
SEARCHED = ("Email", "Phone", "Company", "Subject", "AccountNumber", "Title")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of records as it was asked for."""

    rows: QuerySet[Record]
    page: int
    state: str
    search: str
    sort: str
    known_count: int | None
    """Rows as a counter row knows them; None when they must be counted."""
    sortable: frozenset[str]
    notice: str = ""
    """Why something that was asked for was not done."""
    parameters: Mapping[str, str]

    def query(self, **changes: Any) -> str:
        """Return the query string of this list with some parameters changed."""
        given = {**self.parameters, **changes}
        return "?" + urlencode({key: value for key, value in given.items() if value})

    def direction_of(self, name: str) -> str:
        """Return how the list is sorted by a field: ascending, descending or ""."""
        if self.sort.lstrip("-") != name:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def sort_query(self, name: str) -> str:
        """Return the query string that sorts by a field; "" where that is too slow."""
        if name not in self.sortable:
            return ""
        flipped = f"-{name}" if self.direction_of(name) == "ascending" else name
        return self.query(sort=flipped, p="")


def read_listing(
    asked: Mapping[str, Any], sobject: SObject, fields: Mapping[str, SField]
) -> Listing:
    """Turn a query string into a list; what makes no sense is left out."""
    state = str(asked.get("state", ""))
    state = state if state in dict(STATES) else "live"
    search = str(asked.get("q", "")).strip()
    rows = _in_state(Record.objects.of(sobject.org, sobject.name), state)
    count = sobject.live_count if state == "live" else sobject.total_count
    known = count if state != "deleted" else sobject.total_count - sobject.live_count
    sortable = _sortable(sobject, fields)
    sort = str(asked.get("sort", ""))
    sort = sort if sort.lstrip("-") in sortable else ""
    notice = ""
    if search:
        found, notice = _search(rows, search, sobject, fields)
        rows = found if found is not None else rows
        search_count = None if found is not None else known
        known = search_count if search_count is not None else -1
    return Listing(
        rows=_ordered(rows, sort),
        page=_page(asked.get("p")),
        state=state,
        search=search,
        sort=sort,
        known_count=None if known < 0 else known,
        sortable=sortable,
        notice=str(notice),
        parameters={
            "q": search,
            "state": "" if state == "live" else state,
            "sort": sort,
        },
    )


def _page(text: Any) -> int:
    try:
        return max(1, int(text))
    except (TypeError, ValueError):
        return 1


def _in_state(rows: QuerySet[Record], state: str) -> QuerySet[Record]:
    if state == "all":
        return rows
    if state == "deleted":
        return rows.exclude(state=Record.State.LIVE)
    return rows.filter(state=Record.State.LIVE)


def _ordered(rows: QuerySet[Record], sort: str) -> QuerySet[Record]:
    """Order by a field of the record, else by the unique key that has an index."""
    if not sort:
        return rows.order_by("org_id", "sobject", "record_id")
    key = F(f"data__{sort.lstrip('-')}")
    if sort.startswith("-"):
        return rows.order_by(key.desc(), "-record_id")
    return rows.order_by(key.asc(), "record_id")


def is_quick(sobject: SObject, name: str) -> bool:
    """Tell whether a field may be searched, filtered and sorted without a long wait."""
    return sobject.total_count <= SMALL or name in sobject.indexed_fields


def _sortable(sobject: SObject, fields: Mapping[str, SField]) -> frozenset[str]:
    return frozenset(
        field.name
        for field in fields.values()
        if field.sortable and not field.is_masked and is_quick(sobject, field.name)
    )


def _search(
    rows: QuerySet[Record],
    text: str,
    sobject: SObject,
    fields: Mapping[str, SField],
) -> tuple[QuerySet[Record] | None, Any]:
    """Search by id, else in the fields that name a record; None when refused."""
    if len(text) in ID_LENGTHS and text.isalnum() and any(map(str.isdigit, text)):
        by_id = rows.filter(record_id__startswith=text)
        if by_id.exists():
            return by_id, ""
    names = [name for name in searched_fields(fields) if is_quick(sobject, name)]
    if not names:
        return None, _(
            "This object has too many records to search without an index. "
            "Search by record id, or mark the field as indexed."
        )
    if len(text) < SHORTEST_SEARCH and sobject.total_count > SMALL:
        return None, _("Type three characters or more.")
    wanted = Q()
    for name in names:
        wanted |= Q(**{f"data__{name}__icontains": text})
    return rows.filter(wanted), ""


def searched_fields(fields: Mapping[str, SField]) -> list[str]:
    """Return the fields that a search looks in, the name first."""
    told = [name for name in SEARCHED if name in fields]
    texts = [name for name in told if fields[name].type in SEARCHED_TYPES]
    names = [name_field(fields), *texts]
    quick = [name for name in names if name not in fields or not fields[name].is_masked]
    return quick[:MOST_SEARCHED]
