"""Typed values on PostgreSQL, which never raise: NULL where a value does not fit.

The casts are functions of ours: PostgreSQL indexes only what is immutable, and its own
casts of dates are not. Ours read one form alone, which means the same in every session.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
LONG_MONTHS, SHORTER_MONTHS = (1, 3, 5, 7, 8, 10, 12), (4, 6, 9, 11)


def _one_of(texts: Iterable[str]) -> str:
    """Return the condition that a text is one of many: PostgreSQL hashes them."""
    return f"= ANY ('{{{','.join(texts)}}}'::text[])"


def _days() -> Iterator[str]:
    """Yield each month with its days, as every year has them."""
    lengths = dict.fromkeys(LONG_MONTHS, 31) | dict.fromkeys(SHORTER_MONTHS, 30)
    for month, days in sorted((lengths | {2: 28}).items()):
        yield from (f"-{month:02}-{day:02}" for day in range(1, days + 1))


YEAR_AT_ONCE = f"left(value, 4) {_one_of(str(one) for one in range(1900, 2100))}"
DATE_AT_ONCE = f"{YEAR_AT_ONCE} AND substr(value, 5) {_one_of(_days())}"
TIMESTAMP_AT_ONCE = (
    f"{YEAR_AT_ONCE} AND substr(value, 5, 7) {_one_of(f'{one}T' for one in _days())} "
    f"AND substr(value, 12, 3) {_one_of(f'{one:02}:' for one in range(24))} "
    f"AND substr(value, 15, 3) {_one_of(f'{one:02}:' for one in range(60))} "
    f"AND substr(value, 18) {_one_of(f'{one:02}.000+0000' for one in range(60))}"
)
"""Tell the form that nearly every value has, part by part, in a quarter of the time of
a pattern. Equality is the same in every collation."""
BODIES = {
    ("number", "jsonb", "numeric"): (
        "WHEN jsonb_typeof(value) = 'number' THEN value::numeric"
    ),
    ("integer", "jsonb", "bigint"): (
        "WHEN jsonb_typeof(value) = 'number' "
        "AND value::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 "
        "AND value::numeric = trunc(value::numeric) "
        "THEN value::numeric::bigint"
    ),
    ("date", "text", "date"): (
        f"WHEN {DATE_AT_ONCE} OR value ~ '^{DAY}$' AND {IN_CALENDAR} THEN value::date"
    ),
    ("timestamp", "text", "timestamptz"): (
        f"WHEN {TIMESTAMP_AT_ONCE} "
        f"OR value ~ '^{DAY}T{CLOCK}{ZONE}$' AND {IN_CALENDAR} "
        "THEN value::timestamptz"
    ),
    ("time", "text", "time"): (
        f"WHEN value ~ '^{CLOCK}Z$' THEN rtrim(value, 'Z')::time"
    ),
}
"""When a value is one, and its cast. One expression: each statement takes time."""
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


def make_functions(connection: BaseDatabaseWrapper, *, is_anew: bool = False) -> None:
    """Make the functions that casts need: those that are not there, or all of them."""
    with connection.cursor() as cursor:
        for (name, takes, gives), body in BODIES.items():
            signature = f"sfconnector_{name}({takes})"
            cursor.execute("SELECT to_regprocedure(%s)", [signature])
            if is_anew or cursor.fetchone()[0] is None:
                cursor.execute(_function(name, takes, gives, body))


def drop_functions(connection: BaseDatabaseWrapper) -> None:
    """Drop them again; what still needs one must be gone."""
    with connection.cursor() as cursor:
        for name, takes, _gives in BODIES:
            cursor.execute(f"DROP FUNCTION IF EXISTS sfconnector_{name}({takes})")


def _function(name: str, takes: str, gives: str, when: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION sfconnector_{name}(value {takes}) "
        f"RETURNS {gives} LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS "
        f"$$ BEGIN RETURN CASE {when} END; END $$"
    )
