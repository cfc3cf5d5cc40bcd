"""Filters of a record list, made from the describe: choices, check marks, dates."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector.models import SField
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import FieldValue

PREFIX = "f."
"""Begins the parameter of a filter: ``f.Industry``."""
EMPTY = "!"
EQUALS = "="
SINCE = ">"
MOST = 5
MOST_VALUES = 100
DULL = {"IsDeleted", "SystemModstamp", "LastViewedDate", "LastReferencedDate"}
CHOICES = {"picklist", "combobox"}
DATES = {"date", "datetime"}
SPANS = (
    (1, _("Today")),
    (7, _("Past 7 days")),
    (30, _("Past 30 days")),
    (365, _("Past year")),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter: its field, what it offers and what was chosen."""

    name: str
    label: str
    choices: list[tuple[str, Any]]
    chosen: str

    @property
    def parameter(self) -> str:
        """Return the name of its parameter."""
        return f"{PREFIX}{self.name}"


def offered(
    fields: Mapping[str, SField],
    names: Iterable[str],
    asked: Mapping[str, Any],
    *,
    with_empty: bool = True,
) -> list[Filter]:
    """Return the filters of a list: of its columns first, then what was asked for.

    No index finds the empty ones among many rows: they are left out on demand.
    """
    more = [(EMPTY, _("Empty"))] if with_empty else []
    found: list[Filter] = []
    own = sorted(fields, key=lambda name: not fields[name].custom)
    for name in dict.fromkeys([*names, *own]):
        field = fields.get(name)
        if field is None or field.is_hidden or not field.filterable:
            continue
        chosen = str(asked.get(f"{PREFIX}{name}", ""))
        is_spare = len(found) >= MOST or name in DULL or name.endswith("Accuracy")
        if is_spare and not chosen:
            continue
        choices = list(_choices(field)) or _parent(field, chosen)
        if choices:
            found.append(_filter(field, [*choices, *more], chosen))
    return found


def left_out(asked: Mapping[str, Any], used: Iterable[Filter]) -> list[str]:
    """Return the names of fields whose filter was asked for and could not be used."""
    done = {one.parameter for one in used if one.chosen}
    return [
        key.removeprefix(PREFIX)
        for key, value in asked.items()
        if key.startswith(PREFIX) and value and key not in done
    ]


def _filter(field: SField, choices: list[tuple[str, Any]], chosen: str) -> Filter:
    known = {value for value, _label in choices}
    if f"{EQUALS}{chosen}" in known:
        chosen = f"{EQUALS}{chosen}"  # written by hand, without the sign
    return Filter(
        name=field.name,
        label=field.label or field.name,
        choices=choices,
        chosen=chosen if chosen in known else "",
    )


def _parent(field: SField, chosen: str) -> list[tuple[str, Any]]:
    """Offer the one parent that a link asked for; a list of all would be endless."""
    if field.type != "reference" or not chosen.removeprefix(EQUALS).isalnum():
        return []
    return [(chosen, chosen.removeprefix(EQUALS))]


def _choices(field: SField) -> Iterable[tuple[str, Any]]:
    if field.type == "boolean":
        return ((f"{EQUALS}true", _("Yes")), (f"{EQUALS}false", _("No")))
    if field.type in DATES:
        return ((f"{SINCE}{days}", label) for days, label in SPANS)
    if field.type in CHOICES:
        told = (field.describe or {}).get("picklistValues") or ()
        values = [entry for entry in told if isinstance(entry, dict)][:MOST_VALUES]
        return (
            (f"{EQUALS}{entry.get('value')}", entry.get("label") or entry.get("value"))
            for entry in values
        )
    return ()


def narrow(rows: RecordQuerySet, one: Filter, field: SField) -> RecordQuerySet:
    """Keep the records that have the chosen value."""
    key = f"filter_{field.pk}"
    if one.chosen == EMPTY:
        keyed = rows.alias(**{key: KeyTransform(field.name, "data")})
        return keyed.filter(Q(**{key: None}) | Q(**{f"{key}__isnull": True}))
    keyed = rows.alias(**{key: FieldValue(field.name)})
    return keyed.filter(_condition(one, field, key))


def _condition(one: Filter, field: SField, key: str) -> Q:
    if one.chosen.startswith(SINCE):
        return Q(**{f"{key}__gte": _since(int(one.chosen[1:]), field)})
    value = one.chosen.removeprefix(EQUALS)
    return Q(**{key: value == "true" if field.type == "boolean" else value})


def _since(days: int, field: SField) -> str:
    """Return the first moment of a span as Salesforce writes moments: text order."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days - 1)
    if field.type == "date":
        return first.date().isoformat()
    return first.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
