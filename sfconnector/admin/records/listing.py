"""What a record list was asked for: state, search, filters, order, page."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from sfconnector import sync
from sfconnector.admin.base import row_key
from sfconnector.admin.records import filters
from sfconnector.admin.records.browsing import is_id
from sfconnector.models import Record, SField, SObject, SyncRun
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import FieldValue, indexing, name_field

SMALL = 20_000
"""Rows up to which any field may be searched, filtered and sorted without an index."""
SHORTEST_SEARCH = 3
NOT_NARROWING = {"columns", "sort", IS_POPUP_VAR}
LAST_CHARACTER = "\U0010ffff"
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

    rows: RecordQuerySet
    page: int
    state: str
    search: str
    sort: str
    filters: Sequence[filters.Filter]
    known_count: int | None
    """Rows as a counter row knows them; None when they must be counted."""
    sortable: frozenset[str]
    columns: str = ""
    """The columns that were asked for here and now, parted by commas."""
    is_popup: bool = False
    """Whether a form opened it to have a record chosen."""
    lost: str = ""
    """``<run>.<field>``: only records that lost characters there."""
    notice: str = ""
    """Why something that was asked for was not done."""

    @property
    def parameters(self) -> dict[str, str]:
        """Return what the list was asked for, to ask it again."""
        chosen = {one.parameter: one.chosen for one in self.filters}
        state = "" if self.state == "live" else self.state
        own = {"lost": self.lost, "columns": self.columns, "sort": self.sort}
        own[IS_POPUP_VAR] = "1" if self.is_popup else ""
        return {"q": self.search, "state": state, **own, **chosen}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the list shows less than all live records."""
        kept = self.parameters.items()
        return any(value for key, value in kept if key not in NOT_NARROWING)

    @property
    def is_asked(self) -> bool:
        """Tell whether anything of the list was chosen, its order included."""
        return any(self.parameters.values())

    def query(self, **changes: Any) -> str:
        """Return the query string of this list with some parameters changed."""
        given = {**self.parameters, **changes}
        return "?" + urlencode({key: value for key, value in given.items() if value})

    def kept_query(self, columns: Sequence[str]) -> str:
        """Return what is kept by name: with its columns, whatever it was opened for."""
        return self.query(columns=",".join(columns), **{IS_POPUP_VAR: ""})

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
    asked: Mapping[str, Any],
    sobject: SObject,
    fields: Mapping[str, SField],
    *,
    columns: Sequence[str] = (),
) -> Listing:
    """Turn a query string into a list; what makes no sense is left out and told."""
    state = str(asked.get("state", ""))
    state = state if state in dict(STATES) else "live"
    search = str(asked.get("q", "")).strip()
    quick = {name: field for name, field in fields.items() if is_quick(sobject, name)}
    sort = str(asked.get("sort", ""))
    sortable = frozenset(
        name for name, field in quick.items() if field.sortable and not field.is_hidden
    )
    sort = sort if sort.lstrip("-") in sortable else ""
    offered = filters.offered(
        quick, columns, asked, with_empty=sobject.total_count <= SMALL
    )
    rows = _in_state(sobject, state)
    lost = _lost(str(asked.get("lost", "")), sobject)
    rows = rows.filter(record_id__in=lost.ids) if lost else rows
    chosen = [one for one in offered if one.chosen]
    if chosen or sort or search:
        rows = indexing.among(rows, sobject)
    for one in chosen:
        rows = filters.narrow(rows, one, fields[one.name])
    found = _search(rows, search, sobject, fields) if search else Found(rows)
    count = found.known_count
    if count is None and not (chosen or lost) and found.rows is rows:
        count = _known_count(sobject, state)
    return Listing(
        rows=_ordered(found.rows, sort),
        page=_page(asked.get("p")),
        state=state,
        search=search,
        sort=sort,
        filters=offered,
        known_count=count,
        sortable=sortable,
        columns=",".join(columns) if asked.get("columns") else "",
        is_popup=IS_POPUP_VAR in asked,
        lost=str(asked["lost"]) if lost else "",
        notice=_said(lost and lost.notice, found.notice, _left_out(asked, offered)),
    )


def _said(*sentences: Any) -> str:
    return " ".join(str(one) for one in sentences if one)


def columns_asked(asked: Mapping[str, Any]) -> list[str]:
    """Return the columns that a query string asks for, in its order."""
    told = str(asked.get("columns", "")).split(",")
    return [name for text in told if (name := text.strip())]


def _left_out(asked: Mapping[str, Any], offered: Sequence[filters.Filter]) -> str:
    names = filters.left_out(asked, offered)
    if not names:
        return ""
    message = _(
        "Left out: the filter on %(names)s. The value is not known, or the field "
        "cannot be filtered by here."
    )
    return message % {"names": ", ".join(names)}


class Lost(NamedTuple):
    """Records of which a run took out characters, as far as it noted them."""

    ids: Sequence[str]
    notice: str


def _lost(asked: str, sobject: SObject) -> Lost | None:
    """Return what ``<run>.<field>`` stands for; None where that says nothing."""
    number, _dot, field = asked.partition(".")
    if not (key := row_key(number)) or not field:
        return None
    runs = SyncRun.objects.filter(pk=key, org=sobject.org_id, sobject=sobject.name)
    run = runs.first()
    if run is None:
        return None
    ids = sync.cleaned_of(run).get(field, ())
    text = _("Records in which run #%(run)d took characters out of %(field)s: %(few)d.")
    return Lost(ids, text % {"run": key, "field": field, "few": len(ids)})


def _known_count(sobject: SObject, state: str) -> int:
    if state == "deleted":
        return max(0, sobject.total_count - sobject.live_count)
    return sobject.live_count if state == "live" else sobject.total_count


def _page(text: Any) -> int:
    try:
        return max(1, int(text))
    except (TypeError, ValueError):
        return 1


def _in_state(sobject: SObject, state: str) -> RecordQuerySet:
    """Return the records of an object in a state, asking for it only where it tells."""
    rows = Record.objects.of(sobject.org, sobject.name)
    are_all_live = sobject.live_count == sobject.total_count
    if state == "all" or (state == "live" and are_all_live):
        return rows  # the unique key alone then tells what is on a page
    if state == "deleted":
        return rows.exclude(state=Record.State.LIVE)
    return rows.filter(state=Record.State.LIVE)


def _ordered(rows: RecordQuerySet, sort: str) -> RecordQuerySet:
    """Order by a field of the record, else by the unique key that has an index."""
    if not sort:
        return rows.order_by("org_id", "sobject", "record_id")
    key = FieldValue(sort.lstrip("-"))
    if sort.startswith("-"):
        return rows.order_by(key.desc(), "-record_id")
    return rows.order_by(key.asc(), "record_id")


def is_quick(sobject: SObject, name: str) -> bool:
    """Tell whether a field may be filtered and sorted by without a long wait."""
    if not indexing.NAME.fullmatch(name):
        return False
    return sobject.total_count <= SMALL or indexing.sorts(sobject, name)


class Found(NamedTuple):
    """What a search came to: all the rows and why, when it was declined."""

    rows: RecordQuerySet
    known_count: int | None = None
    """How many there are, where that is known already."""
    notice: Any = ""


def _search(
    rows: RecordQuerySet,
    text: str,
    sobject: SObject,
    fields: Mapping[str, SField],
) -> Found:
    """Search by id, else in the fields that name a record."""
    if is_id(text):
        # A range of the unique key: SQLite's LIKE would read every row.
        by_id = rows.filter(record_id__gte=text, record_id__lt=f"{text}~")
        if count := by_id.count():
            return Found(by_id, count)
    names = searched_fields(fields)
    if sobject.total_count <= SMALL:
        return Found(_containing(rows, text, names))
    indexed = [name for name in names if indexing.searches(sobject, name)]
    if indexed and len(text) < SHORTEST_SEARCH:
        return Found(rows, notice=_("Type three characters or more."))
    if indexed:
        return Found(_containing(rows, text, indexed))
    if indexing.finds_beginnings(sobject, names[0]):
        notice = _("Only beginnings are found here, upper and lower case as written.")
        return Found(_beginning(rows, text, names[0]), notice=notice)
    notice = _(
        "This object has too many records to search without an index. "
        "Search by record id, or have the field indexed."
    )
    return Found(rows, notice=notice)


def _containing(
    rows: RecordQuerySet, text: str, names: Sequence[str]
) -> RecordQuerySet:
    """Keep the records one of whose fields contains a text.

    The fields are aliased: ``data__Name__c`` would be read as two steps into the JSON.
    """
    keys = {f"searched_{n}": KeyTransform(name, "data") for n, name in enumerate(names)}
    wanted = Q()
    for key in keys:
        wanted |= Q(**{f"{key}__icontains": text})
    return rows.alias(**keys).filter(wanted)


def _beginning(rows: RecordQuerySet, text: str, name: str) -> RecordQuerySet:
    """Keep the records whose field begins with a text: a range of its index."""
    keyed = rows.alias(found=FieldValue(name))
    return keyed.filter(found__gte=text, found__lt=text + LAST_CHARACTER)


def searched_fields(fields: Mapping[str, SField]) -> list[str]:
    """Return the fields that a search looks in, the name first."""
    told = [name for name in SEARCHED if name in fields]
    texts = [name for name in told if fields[name].type in SEARCHED_TYPES]
    names = [name_field(fields), *texts]
    shown = [name for name in names if name not in fields or not fields[name].is_hidden]
    return shown[:MOST_SEARCHED]
