"""The fields of an object as its describe tells them, and what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfconnector.models import SchemaChange, SField, SObject
from sfconnector.salesforce.types import FieldDescribe, ObjectDescribe

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

NULLABLE = ("compound_field_name", "relationship_name")
"""Those of them that the wire may leave null."""

CHUNK = 500


def store_fields(row: SObject, answer: ObjectDescribe) -> list[SchemaChange]:
    """Keep the fields of a describe; return what changed since the one before.

    The first describe of an object changes nothing: there was none to compare with.
    """
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


def _fill_field(field: SField, told: FieldDescribe, *, position: int) -> None:
    for name in FIELD_COLUMNS:
        if name not in ("position", "describe", *NULLABLE, "reference_to"):
            setattr(field, name, getattr(told, name))
    for name in NULLABLE:
        setattr(field, name, getattr(told, name) or "")
    field.position = position
    field.reference_to = list(told.reference_to)
    field.describe = dict(told.raw)


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
