"""Typed values on MariaDB and MySQL, which never raise: NULL where one does not fit."""

from __future__ import annotations

from sfconnector.typed.kinds import Kind

DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{3})?"
ZONE = "(Z|[+]00:?00)"
IN_CALENDAR = (
    "LEFT(<x>, 4) <> '0000' AND SUBSTRING(<x>, 9, 2) + 0 "
    "<= DAY(LAST_DAY(CONCAT(LEFT(<x>, 7), '-01')))"
)
"""CAST shows 30 February as NULL, but compares it as a day."""

SHAPES = {
    Kind.TEXT: (
        "CASE WHEN <t> <> 'NULL' "
        "THEN CONVERT(<x> USING utf8mb4) COLLATE utf8mb4_general_ci END"
    ),
    Kind.ID: (
        "CASE WHEN <t> = 'STRING' THEN CONVERT(<x> USING ascii) COLLATE ascii_bin END"
    ),
    Kind.INTEGER: (
        "CASE WHEN <t> IN ('INTEGER', 'DOUBLE') "
        "AND <x> REGEXP '^-?[0-9]{1,18}([.]0+)?$' "
        "THEN CAST(CAST(<x> AS DECIMAL(65,20)) AS SIGNED) END"
    ),
    Kind.NUMBER: (
        "CASE WHEN <t> IN ('INTEGER', 'DOUBLE') AND ABS(<x> + 0e0) < 1e45 "
        "THEN CAST(<x> AS DECIMAL(65,20)) END"
    ),
    Kind.BOOLEAN: "CASE WHEN <t> = 'BOOLEAN' THEN <x> = 'true' END",
    Kind.DATE: (
        f"CASE WHEN <x> REGEXP '^{DAY}$' AND {IN_CALENDAR} THEN CAST(<x> AS DATE) END"
    ),
    Kind.TIMESTAMP: (
        f"CASE WHEN <x> REGEXP '^{DAY}T{CLOCK}{ZONE}$' AND {IN_CALENDAR} "
        f"THEN CAST(REGEXP_REPLACE(<x>, '{ZONE}$', '') AS DATETIME(6)) END"
    ),
    Kind.TIME: (
        f"CASE WHEN <x> REGEXP '^{CLOCK}Z$' "
        "THEN CAST(REPLACE(<x>, 'Z', '') AS TIME(6)) END"
    ),
    Kind.JSON: "CASE WHEN <t> IN ('OBJECT', 'ARRAY') THEN <j> END",
}


def value(kind: Kind, data: str, api_name: str) -> str:
    """Return the SQL of a field's value; ``data`` is the SQL of the record's JSON."""
    found = f"JSON_EXTRACT({data}, '$.\"{api_name}\"')"
    sql = SHAPES[kind].replace("<x>", f"JSON_UNQUOTE({found})")
    return sql.replace("<t>", f"JSON_TYPE({found})").replace("<j>", found)
