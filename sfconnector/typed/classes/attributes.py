"""One field of Salesforce as one field of a Django model, in lines of Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from sfconnector.models import SField
from sfconnector.typed.classes.number_field import NumberField
from sfconnector.typed.kinds import Column, Kind

LONGEST_TEXT = 255
"""Characters up to which a text is a CharField, which a form shows on one line."""
ID_LENGTH = 18
DIGITS = 38
CLASSES = {
    Kind.INTEGER: "models.BigIntegerField",
    Kind.NUMBER: "NumberField",
    Kind.BOOLEAN: "models.BooleanField",
    Kind.DATE: "models.DateField",
    Kind.TIMESTAMP: "models.DateTimeField",
    Kind.TIME: "models.TimeField",
    Kind.JSON: "models.JSONField",
}
KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.BigIntegerField, Kind.INTEGER),
    (NumberField, Kind.NUMBER),
    (models.BooleanField, Kind.BOOLEAN),
    (models.DateTimeField, Kind.TIMESTAMP),  # before the class that it is made of
    (models.DateField, Kind.DATE),
    (models.TimeField, Kind.TIME),
    (models.JSONField, Kind.JSON),
)


def attribute_lines(name: str, column: Column, field: SField) -> Iterator[str]:
    """Yield the lines of one attribute of a model."""
    class_name, options = _class_of(column, field)
    yield f"    {name} = {class_name}("
    yield f"        {field.label or field.name!r},"
    for key, value in options.items():
        yield f"        {key}={value!r},"
    yield "        null=True,"
    yield "        blank=True,"
    yield f"        db_column={column.name!r},"
    if help_text := field.describe.get("inlineHelpText"):
        yield f"        help_text={str(help_text)!r},"
    yield "    )"


def kind_of_attribute(field: models.Field[Any, Any]) -> Kind:
    """Return the kind of column that a field of a generated model stands on."""
    for class_, kind in KINDS:
        if isinstance(field, class_):
            return kind
    return Kind.ID if field.max_length == ID_LENGTH else Kind.TEXT


def _class_of(column: Column, field: SField) -> tuple[str, dict[str, Any]]:
    if column.kind == Kind.NUMBER:
        scale = field.describe.get("scale", 0)
        places = scale if isinstance(scale, int) and 0 <= scale < DIGITS else 0
        return "NumberField", {"max_digits": DIGITS, "decimal_places": places}
    if column.kind in CLASSES:
        return CLASSES[column.kind], {}
    if column.kind == Kind.ID:
        return "models.CharField", {"max_length": ID_LENGTH}
    return _text(field)


def _text(field: SField) -> tuple[str, dict[str, Any]]:
    choices = _choices(field)
    longest = max([field.length, *(len(value) for value, _label in choices)])
    # One of 18 characters would be taken for an id.
    if not 0 < longest <= LONGEST_TEXT or longest == ID_LENGTH:
        return "models.TextField", {"choices": choices} if choices else {}
    options: dict[str, Any] = {"max_length": longest}
    return "models.CharField", options | ({"choices": choices} if choices else {})


def _choices(field: SField) -> list[tuple[str, str]]:
    if field.type not in {"picklist", "combobox"}:
        return []
    told = [one for one in field.describe.get("picklistValues") or () if one]
    values = {str(one["value"]): str(one.get("label") or one["value"]) for one in told}
    return list(values.items())
