"""List views: which an object has, their columns, and the statements behind them.

Shapes and the statement of *New This Week*: `List View Describe` and `List View
Results` of the REST API Developer Guide. Every object has the same views.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from salesforce_simulator import ids
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import Field, Schema, SObjectType

_PREFIX: Final = "00B"
_HIDDEN: Final = ("Id", "CreatedDate", "LastModifiedDate", "SystemModstamp")
_COLUMNS: Final = {
    "Account": ("Name", "Site", "BillingState", "Phone", "Type", "Owner.Alias"),
    "Contact": ("Name", "Account.Name", "Title", "Phone", "Email", "Owner.Alias"),
    "Lead": ("Name", "Company", "State", "Email", "Status", "CreatedDate"),
    "Opportunity": ("Name", "Account.Name", "Amount", "CloseDate", "StageName"),
    "Case": ("CaseNumber", "Contact.Name", "Subject", "Status", "Priority"),
}
"""What the standard lists of these objects show; of others: their first fields."""
_OTHERS: Final = 4
_ASCENDING: Final = {
    **dict.fromkeys(("phone", "date", "datetime"), ("9-0", "0-9")),
    **dict.fromkeys(("picklist", "boolean"), ("Low to High", "High to Low")),
    **dict.fromkeys(("currency", "double", "int", "percent"), ("9-0", "0-9")),
}


@dataclass(frozen=True)
class Condition:
    """A filter of a list view: as SOQL writes it, and as a describe tells it."""

    soql: str
    field: str
    operator: str
    values: tuple[str, ...]

    def describe(self) -> dict[str, Any]:
        """The filter's parts."""
        return {
            "field": self.field,
            "operator": self.operator,
            "values": list(self.values),
        }


@dataclass(frozen=True)
class Column:
    """A column: a path from the object, and the field at its end."""

    path: str
    field: Field
    hidden: bool = False

    def describe(self, sort_index: int | None) -> dict[str, Any]:
        """The column; ``sort_index`` is its place in the order, None if it has none."""
        ascending, descending = _ASCENDING.get(self.field.type, ("Z-A", "A-Z"))
        return {
            "ascendingLabel": None if self.hidden else ascending,
            "descendingLabel": None if self.hidden else descending,
            "fieldNameOrPath": self.path,
            "hidden": self.hidden,
            "label": self.field.label,
            "selectListItem": self.selected,
            "sortDirection": None if sort_index is None else "ascending",
            "sortIndex": sort_index,
            "sortable": self.field.sortable and not self.hidden,
            "type": self.field.type,
        }

    @property
    def selected(self) -> str:
        """The column as the statement selects it."""
        is_picklist = self.field.type in {"picklist", "multipicklist"}
        return f"toLabel({self.path})" if is_picklist else self.path

    def shown(self, record: dict[str, Any]) -> str | None:
        """The column's value in a record of the statement's result, as text."""
        value: Any = record
        for name in self.path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            return None
        if isinstance(value, bool):
            return str(value).lower()
        if self.field.type == "datetime":
            return f"{datetime.fromisoformat(value):%a %b %d %H:%M:%S GMT %Y}"
        return str(value)


@dataclass(frozen=True)
class ListView:
    """One list view of an object."""

    id: str
    name: str
    label: str
    one: SObjectType
    columns: tuple[Column, ...]
    scope: str | None = None
    condition: Condition | None = None

    @property
    def soql(self) -> str:
        """The statement that fills the view."""
        selected = ", ".join(column.selected for column in self.columns)
        scope = f" USING SCOPE {self.scope}" if self.scope else ""
        where = f" WHERE {self.condition.soql}" if self.condition else ""
        order = ", ".join(f"{path} ASC NULLS FIRST" for path in self.order)
        source = f"{self.one.name}{scope}{where}"
        return f"SELECT {selected} FROM {source} ORDER BY {order}"  # noqa: S608 - SOQL of names that the schema has

    @property
    def order(self) -> tuple[str, ...]:
        """The paths that the view is sorted by."""
        first = self.columns[0]
        is_sorted = first.field.sortable and first.path != "Id"
        return (first.path, "Id") if is_sorted else ("Id",)

    def brief(self, place: Place) -> dict[str, Any]:
        """The view as lists of views show it."""
        url = place.url(f"sobjects/{self.one.name}/listviews/{self.id}")
        return {
            "describeUrl": f"{url}/describe",
            "developerName": self.name,
            "id": self.id,
            "label": self.label,
            "resultsUrl": f"{url}/results",
            "soqlCompatible": True,
            "url": url,
        }

    def describe(self) -> dict[str, Any]:
        """Columns, order and statement."""
        order = [
            {
                "fieldNameOrPath": path,
                "nullsPosition": "first",
                "sortDirection": "ascending",
            }
            for path in self.order
        ]
        return {
            "columns": self.described_columns(),
            "id": self.id,
            "orderBy": order,
            "query": self.soql,
            "relatedEntityId": None,
            "scope": self.scope,
            "scopeEntityId": None,
            "sobjectType": self.one.name,
            "whereCondition": self.condition.describe() if self.condition else None,
        }

    def described_columns(self) -> list[dict[str, Any]]:
        """The columns, the first of which the rows are sorted by."""
        first = 0 if len(self.order) > 1 else None
        return [
            column.describe(first if at == 0 else None)
            for at, column in enumerate(self.columns)
        ]


def views(place: Place, schema: Schema, one: SObjectType) -> Iterator[ListView]:
    """The list views of an object that the user may see."""
    columns = tuple(_columns(schema, one))
    plural = one.label_plural
    stem = "".join(char for char in plural if char.isalnum())
    week = {"New This Week": "THIS_WEEK", "New Last Week": "LAST_WEEK"}

    def view(name: str, label: str, **more: Any) -> ListView:
        key = place.id(_PREFIX, f"{one.name}/{name}")
        return ListView(key, name, label, one, columns, **more)

    yield view(f"All{stem}", f"All {plural}", scope="everything")
    if one.field("OwnerId"):
        yield view(f"My{stem}", f"My {plural}", scope="mine")
    if one.field("CreatedDate"):
        for label, period in week.items():
            condition = Condition(
                f"CreatedDate = {period}", "CreatedDate", "equals", (period,)
            )
            yield view(label.replace(" ", ""), label, condition=condition)


def search_layout(schema: Schema, one: SObjectType) -> dict[str, Any]:
    """What a page of search results shows of an object: the columns of its lists."""
    shown = [column for column in _columns(schema, one) if not column.hidden]
    return {
        "label": "Search Results",
        "limitRows": 25,
        "searchColumns": [_searched(one, column) for column in shown],
    }


def _searched(one: SObjectType, column: Column) -> dict[str, Any]:
    parent = column.path.rpartition(".")[0]
    lookup = one.parent(parent) if parent else None
    source = lookup.reference_to[0] if lookup else one.name
    is_date = column.field.type in {"date", "datetime"}
    return {
        "field": f"{source}.{column.field.name}",
        "format": column.field.type if is_date else None,
        "label": column.field.label,
        "name": column.path,
    }


def find(
    place: Place, schema: Schema, one: SObjectType, view_id: str
) -> ListView | None:
    """The list view of this id, of 15 or 18 characters; None if there is none."""
    if not ids.is_id(view_id):
        return None
    found = (view for view in views(place, schema, one) if ids.same(view.id, view_id))
    return next(found, None)


def find_anywhere(place: Place, schema: Schema, view_id: str) -> ListView | None:
    """The list view of this id, whichever object it lists."""
    if not view_id.startswith(_PREFIX):
        return None
    listed = (one for one in schema.objects() if one.layoutable and one.queryable)
    found = (find(place, schema, one, view_id) for one in listed)
    return next((view for view in found if view is not None), None)


def _columns(schema: Schema, one: SObjectType) -> Iterator[Column]:
    """What is shown, then what is fetched with it; Id alone if there is no more."""
    shown = _COLUMNS.get(one.name) or tuple(_first_fields(one))
    for path in shown:
        field = _field(schema, one, path)
        if field is not None:
            yield Column(path, field)
    for path in _HIDDEN:
        field = one.field(path)
        if field is not None and path not in shown:
            yield Column(path, field, hidden=True)


def _first_fields(one: SObjectType) -> Iterator[str]:
    if one.name_field is not None:
        yield one.name_field.name
    plain = [
        field.name
        for field in one.fields.values()
        if field.stored
        and field.sortable
        and not field.name_field
        and field.name not in _HIDDEN
        and field.type not in {"id", "reference", "boolean"}
    ]
    yield from plain[:_OTHERS]


def _field(schema: Schema, one: SObjectType, path: str) -> Field | None:
    parent, dot, name = path.partition(".")
    if not dot:
        return one.field(path)
    lookup = one.parent(parent)
    target = schema.object(lookup.reference_to[0]) if lookup else None
    return target.field(name) if target is not None else None
