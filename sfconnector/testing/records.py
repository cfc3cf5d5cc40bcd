"""Cached records for tests, without any org to read them from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfconnector.models import Org, Record

PREFIXES = {
    "Account": "001",
    "Case": "500",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "Task": "00T",
    "User": "005",
}
"""How ids of usual objects begin; those of others begin with ``a00``."""
TYPES: dict[type, str] = {bool: "boolean", int: "double", float: "double"}


def make_org(alias: str = "acme", **values: Any) -> Org:
    """Return the row of an org, made when needed; no call to it can be made."""
    from sfconnector.models import ConnectedApp, Org

    known = Org.objects.filter(alias=alias).first()
    if known is not None:
        return known
    app, _ = ConnectedApp.objects.get_or_create(
        name="App of tests", defaults={"consumer_key": "tests"}
    )
    return Org.objects.create(alias=alias, app=app, **values)


def make_records(
    sobject: str, rows: Sequence[Mapping[str, Any]], *, org: Org | None = None
) -> list[Record]:
    """Cache records as a run would, and tell the receivers of the project.

    ``rows`` are fields by API name; an ``Id`` is made up where there is none, and one
    that is cached already is changed. Returns the records in the order of the rows.
    Unlike in a run, what a receiver of ``hooks.on_records`` raises is raised.
    """
    from sfconnector import records, transactions
    from sfconnector.models import Record

    org = org or make_org()
    made = list(_with_ids(org, sobject, rows))
    with transactions.atomic():
        _describe(org, sobject, made)
        target = records.Target(org.pk, sobject)
        applied = records.apply(target, [_row(one) for one in made])
    _announce(org, sobject, applied)
    ids = [row["Id"] for row in made]
    rows_of_ids = Record.objects.of(org, sobject).filter(record_id__in=ids)
    known = {one.record_id: one for one in rows_of_ids}
    return [known[key] for key in ids]


def _announce(org: Org, sobject: str, applied: Any) -> None:
    from sfconnector import hooks, signals
    from sfconnector.models import Record

    told: dict[str, Any] = {
        "created": [key for key in applied.created if key not in applied.in_bin],
        "updated": applied.updated,
        "deleted": applied.deleted,
        "changed_fields": applied.changed_fields,
    }
    if told["created"] or told["updated"] or told["deleted"]:
        signals.records_changed.send(Record, org=org, sobject=sobject, **told)
        hooks.tell(hooks.Change(org=org, sobject=sobject, **told))


def _with_ids(
    org: Org, sobject: str, rows: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the rows with ids: made up ones are of no record that there is."""
    from sfconnector.models import Record
    from sfconnector.salesforce.ids import to_18

    cached = Record.objects.of(org, sobject).values_list("record_id", flat=True)
    taken = {*cached, *(to_18(str(row["Id"])) for row in rows if "Id" in row)}
    prefix = PREFIXES.get(sobject, "a00")
    made_up = (to_18(f"{prefix}{number:012d}") for number in itertools.count(1))
    free = (one for one in made_up if one not in taken)
    for row in rows:
        data = {"IsDeleted": False, **row}
        data.setdefault("SystemModstamp", "2026-01-01T00:00:00.000+0000")
        key = to_18(str(row["Id"])) if "Id" in row else next(free)
        yield {**data, "Id": key}


def _row(data: Mapping[str, Any]) -> Any:
    from sfconnector import exact_json, records
    from sfconnector.models import Record

    raw = exact_json.dumps(data).encode()
    is_deleted = bool(data["IsDeleted"])
    return records.Row(
        record_id=data["Id"],
        state=Record.State.DELETED if is_deleted else Record.State.LIVE,
        stamp=data["SystemModstamp"],
        content_hash=records.content_hash(raw),
        data=raw,
    )


def _describe(org: Org, sobject: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Let the catalog know the object and the fields that the rows have."""
    from sfconnector.models import SField, SObject

    described, _ = SObject.objects.get_or_create(
        org=org, name=sobject, defaults={"label": sobject, "queryable": True}
    )
    values = {name: value for row in rows for name, value in row.items()}
    known = set(described.sfields.values_list("name", flat=True))
    SField.objects.bulk_create(
        SField(
            sobject=described,
            name=name,
            label=name,
            type=TYPES.get(type(value), "id" if name == "Id" else "string"),
            position=len(known) + place,
        )
        for place, (name, value) in enumerate(values.items())
        if name not in known
    )
