"""Typed values on PostgreSQL, which never raise: NULL where a value does not fit.

The casts are functions of ours: PostgreSQL indexes only what is immutable, and its own
casts of dates are not. Ours read one form alone, which means the same in every session.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector.typed.kinds import Kind

DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{3})?"
ZONE = "(Z|[+]00:?00)"
IN_CALENDAR = (
    "left(value, 4) <> '0000' AND (substr(value, 9, 2) <= '28' OR to_char("
    "make_date(left(value, 4)::int, substr(value, 6, 2)::int, 1) "
    "+ (substr(value, 9, 2)::int - 1), 'MM') = substr(value, 6, 2))"
)
"""Tells a day that exists, of a text that has the form of one; cannot raise."""
EARLY_DAY = (
    "substr(value COLLATE \"C\", 6, 2) BETWEEN '01' AND '12' "
    "AND substr(value COLLATE \"C\", 9, 2) BETWEEN '01' AND '28' "
    "AND left(value, 4) <> '0000'"
)
DATE_AT_ONCE = (
    "value LIKE '____-__-__' AND translate(value, '0123456789', '') = '--' "
    f"AND {EARLY_DAY}"
)
TIMESTAMP_AT_ONCE = (
    "value LIKE '____-__-__T__:__:__.___+0000' "
    "AND translate(value, '0123456789', '') = '--T::.+' "
    f"AND {EARLY_DAY} AND substr(value COLLATE \"C\", 12, 2) <= '23' "
    "AND substr(value COLLATE \"C\", 15, 1) <= '5' "
    "AND substr(value COLLATE \"C\", 18, 1) <= '5'"
)
"""Tells the form that nearly every value has, in half the time of a pattern."""
BODIES = {
    ("number", "jsonb", "numeric"): (
        "IF jsonb_typeof(value) = 'number' THEN RETURN value::numeric; END IF;"
    ),
    ("integer", "jsonb", "bigint"): (
        "IF jsonb_typeof(value) = 'number' "
        "AND value::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 "
        "AND value::numeric = trunc(value::numeric) "
        "THEN RETURN value::numeric::bigint; END IF;"
    ),
    ("date", "text", "date"): (
        f"IF {DATE_AT_ONCE} THEN RETURN value::date; END IF; "
        f"IF value ~ '^{DAY}$' AND {IN_CALENDAR} THEN RETURN value::date; END IF;"
    ),
    ("timestamp", "text", "timestamptz"): (
        f"IF {TIMESTAMP_AT_ONCE} THEN RETURN value::timestamptz; END IF; "
        f"IF value ~ '^{DAY}T{CLOCK}{ZONE}$' AND {IN_CALENDAR} "
        "THEN RETURN value::timestamptz; END IF;"
    ),
    ("time", "text", "time"): (
        f"IF value ~ '^{CLOCK}Z$' THEN RETURN rtrim(value, 'Z')::time; END IF;"
    ),
}
SHAPES = {
    Kind.TEXT: "(<d> ->> '<f>')",
    Kind.ID: "(<d> ->> '<f>')",
    Kind.INTEGER: "sfconnector_integer(<d> -> '<f>')",
    Kind.NUMBER: "sfconnector_number(<d> -> '<f>')",
    Kind.BOOLEAN: (
        "CASE <d> -> '<f>' WHEN 'true'::jsonb THEN TRUE "
        "WHEN 'false'::jsonb THEN FALSE END"
    ),
    Kind.DATE: "sfconnector_date(<d> ->> '<f>')",
    Kind.TIMESTAMP: "sfconnector_timestamp(<d> ->> '<f>')",
    Kind.TIME: "sfconnector_time(<d> ->> '<f>')",
    Kind.JSON: (
        "CASE WHEN jsonb_typeof(<d> -> '<f>') IN ('object', 'array') "
        "THEN <d> -> '<f>' END"
    ),
}


def value(kind: Kind, data: str, api_name: str) -> str:
    """Return the SQL of a field's value; ``data`` is the SQL of the record's JSON."""
    return SHAPES[kind].replace("<d>", data).replace("<f>", api_name)


def make_functions(connection: BaseDatabaseWrapper) -> None:
    """Make the functions that casts need, unless they are there."""
    with connection.cursor() as cursor:
        for (name, takes, gives), body in BODIES.items():
            signature = f"sfconnector_{name}({takes})"
            cursor.execute("SELECT to_regprocedure(%s)", [signature])
            if cursor.fetchone()[0] is None:
                cursor.execute(_function(name, takes, gives, body))


def drop_functions(connection: BaseDatabaseWrapper) -> None:
    """Drop them again; what still needs one must be gone."""
    with connection.cursor() as cursor:
        for name, takes, _gives in BODIES:
            cursor.execute(f"DROP FUNCTION IF EXISTS sfconnector_{name}({takes})")


def _function(name: str, takes: str, gives: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION sfconnector_{name}(value {takes}) "
        f"RETURNS {gives} LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS "
        f"$$ BEGIN {body} RETURN NULL; END $$"
    )
