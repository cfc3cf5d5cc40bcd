"""Discover the objects and fields of an org, and tell what changed.

A describe costs an API call even when nothing changed, so describes are refreshed
with ``If-Modified-Since`` and 25 to a call.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from sfconnector import exceptions, orgs, signals
from sfconnector.models import Org, SchemaChange, SField, SObject
from sfconnector.salesforce.types import FieldDescribe, GlobalObject, ObjectDescribe

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

GLOBAL_FIELDS = (
    "label",
    "label_plural",
    "key_prefix",
    "custom",
    "queryable",
    "createable",
    "updateable",
    "deletable",
    "replicateable",
    "searchable",
    "is_present",
)
"""Columns of an SObject row that describe global tells."""

FLAGS = (
    "custom",
    "queryable",
    "createable",
    "updateable",
    "deletable",
    "replicateable",
    "searchable",
)
"""Those of them that a describe tells as well."""

DESCRIBED = (
    "label",
    "label_plural",
    "key_prefix",
    "describe",
    "described_at",
    "describe_modified",
    "describe_error",
)
"""Columns of an SObject row that a describe tells besides."""

WATCHED = (
    "type",
    "label",
    "length",
    "precision",
    "scale",
    "nillable",
    "unique",
    "externalId",
    "calculated",
    "calculatedFormula",
    "referenceTo",
    "picklistValues",
)
"""Attributes of a field whose change is worth telling, by Salesforce's names."""

CHUNK = 500


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a describe global brought."""

    total: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    not_modified: bool = False
    """The org said that nothing changed since the last time."""


def discover(org: Org, *, user: Person = None, force: bool = False) -> Discovery:
    """Read the list of objects; keep rows, counters and fields of known ones.

    Raises what the client raises. Objects that are no longer listed stay as rows
    (their records are still cached) with ``is_present`` off.
    """
    since = org.catalog_modified if not force else ""
    with orgs.client_for(org, purpose="catalog", user=user) as client:
        answer = client.describe_global(if_modified_since=since or None)
    now = timezone.now()
    present = SObject.objects.filter(org=org, is_present=True)
    if answer is None:
        Org.objects.filter(pk=org.pk).update(catalog_at=now)
        return Discovery(total=present.count(), not_modified=True)
    with transaction.atomic():
        discovery = _store_objects(org, answer.objects)
        Org.objects.filter(pk=org.pk).update(
            catalog_at=now, catalog_modified=answer.last_modified
        )
    org.catalog_at, org.catalog_modified = now, answer.last_modified
    return discovery


def _store_objects(org: Org, listed: Sequence[GlobalObject]) -> Discovery:
    known = {row.name: row for row in SObject.objects.filter(org=org).defer("describe")}
    added, changed = [], []
    for entry in listed:
        row = known.pop(entry.name, None)
        if row is None:
            added.append(_fill(SObject(org=org, name=entry.name), entry))
        elif _differs(row, entry):
            changed.append(_fill(row, entry))
    removed = [row for row in known.values() if row.is_present]
    for row in removed:
        row.is_present = False
    SObject.objects.bulk_create(added, batch_size=CHUNK)
    SObject.objects.bulk_update([*changed, *removed], GLOBAL_FIELDS, batch_size=CHUNK)
    return Discovery(
        total=len(listed),
        added=tuple(row.name for row in added),
        removed=tuple(row.name for row in removed),
        changed=tuple(row.name for row in changed),
    )


def _values(entry: GlobalObject) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in GLOBAL_FIELDS[:-1]}
    values["key_prefix"] = entry.key_prefix or ""
    values["is_present"] = True
    return values


def _fill(row: SObject, entry: GlobalObject) -> SObject:
    for name, value in _values(entry).items():
        setattr(row, name, value)
    return row


def _differs(row: SObject, entry: GlobalObject) -> bool:
    return any(getattr(row, name) != value for name, value in _values(entry).items())


def canonical_name(org: Org, name: str) -> str:
    """Return the API name as the org spells it, or the name as given when unknown."""
    row = SObject.objects.filter(org=org, name__iexact=name.strip()).first()
    return row.name if row else name.strip()


def describe(
    org: Org, *, sobject: str, user: Person = None, force: bool = False
) -> SObject:
    """Read one object's describe if it changed, store its fields, return its row.

    Raises what the client raises; the reason stays readable in ``describe_error``.
    """
    name = canonical_name(org, sobject)
    row = SObject.objects.filter(org=org, name=name).first()
    since = row.describe_modified if row and not force else ""
    try:
        with orgs.client_for(org, purpose="catalog", user=user) as client:
            answer = client.describe(name, if_modified_since=since or None)
    except exceptions.SalesforceError as error:
        SObject.objects.filter(org=org, name=name).update(describe_error=str(error))
        if isinstance(error, exceptions.NotFound):
            raise _undescribed(name, error) from error
        raise
    return _take(org, name=name, answer=answer)


def _undescribed(name: str, error: exceptions.NotFound) -> exceptions.NotFound:
    """Say which object it was: the org's own words name none."""
    return exceptions.NotFound(
        f"The org does not describe {name} to the connected user ({error}).",
        remedy=(
            f"Check the API name; if {name} exists, its administrator gives the "
            "connected user access to it. Then discover the objects again."
        ),
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    )


def refresh(
    org: Org, *, names: Iterable[str] | None = None, user: Person = None
) -> tuple[str, ...]:
    """Read again the describes that changed, 25 to a call; return their names.

    Without ``names``, every object that was described before is asked for. An object
    that the org refuses keeps its old describe and says why in ``describe_error``.
    """
    rows = SObject.objects.filter(org=org, is_present=True).exclude(described_at=None)
    if names is not None:
        rows = SObject.objects.filter(org=org, name__in=list(names))
    stamps = dict(rows.values_list("name", "describe_modified"))
    if not stamps:
        return ()
    known = {name: stamp for name, stamp in stamps.items() if stamp}
    changed = []
    with orgs.client_for(org, purpose="catalog", user=user) as client:
        for name, answer in client.describe_many(list(stamps), if_modified_since=known):
            if isinstance(answer, exceptions.SFConnectorError):
                row = SObject.objects.filter(org=org, name=name)
                row.update(describe_error=str(answer))
                continue
            _take(org, name=name, answer=answer)
            if answer is not None:
                changed.append(name)
    return tuple(changed)


def _take(org: Org, *, name: str, answer: ObjectDescribe | None) -> SObject:
    now = timezone.now()
    if answer is None:
        rows = SObject.objects.filter(org=org, name=name)
        rows.update(described_at=now, describe_error="")
        return rows.get()
    with transaction.atomic():
        row, _ = SObject.objects.get_or_create(org=org, name=answer.name)
        changes = _store_fields(row, answer)
        row.describe = {
            key: value for key, value in answer.raw.items() if key != "fields"
        }
        row.label, row.label_plural = answer.label, answer.label_plural
        row.key_prefix = answer.key_prefix or ""
        for flag in FLAGS:
            setattr(row, flag, getattr(answer, flag))
        row.described_at, row.describe_modified = now, answer.last_modified
        row.describe_error = ""
        # The counters are the sync's: a run may be moving them at this moment.
        row.save(update_fields=[*DESCRIBED, *FLAGS])
    if changes:
        signals.schema_changed.send_robust(
            SObject, org=org, sobject=row.name, changes=changes
        )
    return row


def _store_fields(row: SObject, answer: ObjectDescribe) -> list[SchemaChange]:
    known = {field.name: field for field in row.sfields.all()}
    is_first = row.described_at is None
    changes: list[SchemaChange] = []
    added, kept = [], []
    for position, told in enumerate(answer.fields):
        field = known.pop(told.name, None)
        if field is None:
            field = SField(sobject=row, name=told.name)
            added.append(field)
            changes.append(SchemaChange(sobject=row, field=told.name, kind="added"))
        else:
            kept.append(field)
            changes.extend(_changes_of(row, field.describe, told.raw))
        _fill_field(field, told, position=position)
    changes.extend(
        SchemaChange(sobject=row, field=name, kind="removed", before=field.describe)
        for name, field in known.items()
    )
    SField.objects.filter(pk__in=[field.pk for field in known.values()]).delete()
    SField.objects.bulk_create(added, batch_size=CHUNK)
    SField.objects.bulk_update(kept, FIELD_COLUMNS, batch_size=100)
    return [] if is_first else SchemaChange.objects.bulk_create(changes)


FIELD_COLUMNS = (
    "label",
    "type",
    "length",
    "position",
    "custom",
    "calculated",
    "nillable",
    "filterable",
    "sortable",
    "external_id",
    "name_field",
    "compound_field_name",
    "relationship_name",
    "reference_to",
    "describe",
)
"""Columns of an SField row that a describe tells."""


def _fill_field(field: SField, told: FieldDescribe, *, position: int) -> None:
    for name in FIELD_COLUMNS:
        if name not in ("position", "describe", *NULLABLE, "reference_to"):
            setattr(field, name, getattr(told, name))
    for name in NULLABLE:
        setattr(field, name, getattr(told, name) or "")
    field.position = position
    field.reference_to = list(told.reference_to)
    field.describe = dict(told.raw)


NULLABLE = ("compound_field_name", "relationship_name")
"""Those of them that the wire may leave null."""


def _changes_of(
    row: SObject, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[SchemaChange]:
    return [
        SchemaChange(
            sobject=row,
            field=str(after["name"]),
            kind="changed",
            attribute=key,
            before=before.get(key),
            after=after.get(key),
        )
        for key in WATCHED
        if before.get(key) != after.get(key)
    ]
