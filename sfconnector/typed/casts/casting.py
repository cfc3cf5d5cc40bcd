"""The SQL of a typed value, textually the same in views, look-ups and indexes.

SQLite and PostgreSQL use an index on an expression only for that very expression.
"""

from __future__ import annotations

from sfconnector.exceptions import ConfigurationError, InvalidRequest
from sfconnector.texts import gettext_noop as _
from sfconnector.typed.casts import on_mariadb, on_postgresql, on_sqlite
from sfconnector.typed.kinds import Kind
from sfconnector.typed.spelling import API_NAME

VALUES = {
    "postgresql": on_postgresql.value,
    "sqlite": on_sqlite.value,
    "mysql": on_mariadb.value,
}


def value(vendor: str, kind: Kind, *, data: str, api_name: str) -> str:
    """Return the SQL of a field's typed value; it never raises, but gives NULL.

    ``data`` is the SQL of the record's JSON. Raises InvalidRequest for what cannot be
    an API name: it becomes part of the statement.
    """
    if not API_NAME.fullmatch(api_name):
        raise InvalidRequest(
            _("{name!r} cannot be the API name of a field.").format(name=api_name[:80])
        )
    if vendor not in VALUES:
        raise ConfigurationError(_("Records have no typed views on this database."))
    return VALUES[vendor](kind, data, api_name)
