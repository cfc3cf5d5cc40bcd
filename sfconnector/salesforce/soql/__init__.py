"""SOQL: composed from names and values, and read for the fields that a text names."""

from __future__ import annotations

from sfconnector.salesforce.soql.composing import (
    LONGEST_SOQL,
    LONGEST_URI,
    URI_ROOM,
    after,
    after_id,
    all_of,
    any_of,
    compare,
    compose,
    count,
    fits,
    identifier,
    like,
    literal,
    matches,
    needs,
    quote,
    split,
    window,
)
from sfconnector.salesforce.soql.lexing import on_one_line, token_starts
from sfconnector.salesforce.soql.painting import KEYWORDS, painted
from sfconnector.salesforce.soql.parsing import (
    Named,
    Query,
    check_filter,
    read,
    read_filter,
)

__all__ = [
    "KEYWORDS",
    "LONGEST_SOQL",
    "LONGEST_URI",
    "URI_ROOM",
    "Named",
    "Query",
    "after",
    "after_id",
    "all_of",
    "any_of",
    "check_filter",
    "compare",
    "compose",
    "count",
    "fits",
    "identifier",
    "like",
    "literal",
    "matches",
    "needs",
    "on_one_line",
    "painted",
    "quote",
    "read",
    "read_filter",
    "split",
    "token_starts",
    "window",
]
