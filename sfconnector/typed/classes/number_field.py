"""A column of numbers that keeps every digit that its database keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.models import DecimalField as NumberField
else:

    class NumberField(models.DecimalField):
        """A DecimalField over a typed view.

        Django's own would round what it reads and what it is compared with on SQLite,
        and would compare a text with a number there: a view's column has no type.
        """

        def get_internal_type(self) -> str:
            """Be no DecimalField to the database's adapter, which would round."""
            return "NumberField"

        def to_python(self, value: Any) -> Any:
            """Read a float by the digits that it shows: 0.01 is no 0.01000…0208."""
            return super().to_python(str(value) if isinstance(value, float) else value)

        def get_db_prep_value(
            self,
            value: Any,
            connection: Any,
            prepared: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        ) -> Any:
            """Give SQLite the number that it knows, and the others all digits."""
            if not prepared:
                value = self.get_prep_value(value)
            if value is None or hasattr(value, "as_sql"):
                return value
            return float(value) if connection.vendor == "sqlite" else value

        def get_db_converters(self, connection: Any) -> list[Any]:
            """Convert nothing on PostgreSQL: its driver gives Decimals as they are."""
            is_decimal = connection.vendor == "postgresql"
            return [] if is_decimal else super().get_db_converters(connection)

        def from_db_value(self, value: Any, *_context: Any) -> Decimal | None:
            """Return a Decimal with the digits that the number shows."""
            if value is None or isinstance(value, Decimal):
                return value
            return Decimal(str(value))


__all__ = ["NumberField"]
