"""Typed values on SQLite, which never raise: NULL where a value does not fit.

Dates and times are texts as Django stores them there. Numbers have 15 digits.
"""

from __future__ import annotations

from sfconnector.typed.kinds import Kind

DIGIT = "[0-9]"
DAY = f"{DIGIT * 4}-[01]{DIGIT}-[0-3]{DIGIT}"
CLOCK = f"[0-2]{DIGIT}:[0-5]{DIGIT}:[0-5]{DIGIT}"
WHOLE_SECONDS = "('.000+0000', '.000Z', 'Z', '+0000', '.000+00:00', '+00:00')"
FRACTIONS = tuple(f".{DIGIT * 3}{zone}" for zone in ("+0000", "Z", "+00:00"))

SHAPES = {
    Kind.TEXT: (
        "CASE {t} WHEN 'text' THEN {x} WHEN 'true' THEN 'true' "
        "WHEN 'false' THEN 'false' ELSE CAST({x} AS TEXT) END"
    ),
    Kind.INTEGER: (
        "CASE WHEN {t} IN ('integer', 'real') AND CAST({x} AS INTEGER) = {x} "
        "THEN CAST({x} AS INTEGER) END"
    ),
    Kind.NUMBER: "CASE WHEN {t} IN ('integer', 'real') THEN {x} END",
    Kind.BOOLEAN: "CASE {t} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
    Kind.DATE: (
        f"CASE WHEN {{x}} GLOB '{DAY}' AND {{x}} >= '0001' "
        "AND DATE({x}, '+0 days') = {x} THEN {x} END"
    ),
    Kind.TIMESTAMP: (
        f"CASE WHEN {{x}} GLOB '{DAY}T{CLOCK}*' AND {{x}} >= '0001' "
        "AND DATETIME(SUBSTR({x}, 1, 19), '+0 days') = "
        "REPLACE(SUBSTR({x}, 1, 19), 'T', ' ') THEN CASE "
        f"WHEN SUBSTR({{x}}, 20) IN {WHOLE_SECONDS} "
        "THEN REPLACE(SUBSTR({x}, 1, 19), 'T', ' ') "
        + "WHEN {x20} ".format(
            x20=" OR ".join(f"SUBSTR({{x}}, 20) GLOB '{one}'" for one in FRACTIONS)
        )
        + "THEN REPLACE(SUBSTR({x}, 1, 23), 'T', ' ') || '000' END END"
    ),
    Kind.TIME: (
        f"CASE WHEN {{x}} GLOB '{CLOCK}.000Z' AND {{x}} < '24' "
        "THEN SUBSTR({x}, 1, 8) "
        f"WHEN {{x}} GLOB '{CLOCK}.{DIGIT * 3}Z' AND {{x}} < '24' "
        "THEN SUBSTR({x}, 1, 12) || '000' END"
    ),
    Kind.JSON: "CASE WHEN {t} IN ('object', 'array') THEN {x} END",
}
SHAPES[Kind.ID] = SHAPES[Kind.TEXT]


def value(kind: Kind, data: str, api_name: str) -> str:
    """Return the SQL of a field's value; ``data`` is the SQL of the record's JSON."""
    path = f"{data}, '$.\"{api_name}\"'"
    return SHAPES[kind].format(x=f"JSON_EXTRACT({path})", t=f"JSON_TYPE({path})")
