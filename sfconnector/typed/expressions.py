"""Typed values of fields as expressions of Django's, for queries of ``Record``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Func

from sfconnector.typed.casts import casting
from sfconnector.typed.classes.attributes import DIGITS
from sfconnector.typed.classes.number_field import NumberField
from sfconnector.typed.kinds import Kind
from sfconnector.typed.layout import layout_of

OUTPUT: dict[Kind, models.Field[Any, Any]] = {
    Kind.TEXT: models.TextField(null=True),
    Kind.ID: models.TextField(null=True),
    Kind.INTEGER: models.BigIntegerField(null=True),
    Kind.NUMBER: NumberField(max_digits=DIGITS, decimal_places=10, null=True),
    Kind.BOOLEAN: models.BooleanField(null=True),
    Kind.DATE: models.DateField(null=True),
    Kind.TIMESTAMP: models.DateTimeField(null=True),
    Kind.TIME: models.TimeField(null=True),
    Kind.JSON: models.JSONField(null=True),
}


class TypedValue(Func):
    """The value of a field of a record as its kind; NULL where it does not fit."""

    def __init__(self, *expressions: Any, kind: Kind, api_name: str) -> None:
        self.kind, self.api_name = kind, api_name
        super().__init__(*(expressions or (F("data"),)), output_field=OUTPUT[kind])

    def as_sql(  # type: ignore[override]  # Django's stubs name four more, for templates
        self, compiler: Any, connection: Any, **_template: Any
    ) -> tuple[str, Sequence[Any]]:
        """Write the same text as the views and the indexes."""
        data, params = compiler.compile(self.source_expressions[0])
        sql = casting.value(
            connection.vendor, self.kind, data=data, api_name=self.api_name
        )
        return sql, [*params] * sql.count(data)


def index_expression(
    sobject: str, field: str, *, vendor: str
) -> tuple[Kind, str] | None:
    """Return kind and SQL by which an index on a field serves its view's column.

    None for a field without one.
    """
    found = [one for one in layout_of(sobject).columns if one.api_name == field]
    if not found:
        return None
    kind = found[0].kind
    return kind, casting.value(vendor, kind, data="data", api_name=field)
