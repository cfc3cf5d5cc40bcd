"""Owns SOSL: text search over the rows of the org."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from salesforce_simulator.schema import Field, Row, Schema, SObjectType
from salesforce_simulator.soql.ast import Column, Path, Query
from salesforce_simulator.soql.children import child_adder
from salesforce_simulator.soql.columns import make_shape
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.filters import make_selector
from salesforce_simulator.soql.lexer import Stream
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.soql.parser import read_tail
from salesforce_simulator.soql.projection import Record
from salesforce_simulator.store import Store

MAX_RESULTS: Final = 2_000
SCANNED_ROWS: Final = 20_000
"""Rows of one object that a search looks at: the newest ones, as an index would."""

_FIND = re.compile(r"\s*FIND\s*\{((?:\\.|[^\\}])*)\}\s*", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r'"([^"]*)"|(\S+)')
_WILD = re.compile(r"[*?]")
_GROUPS: Final = {
    "ALL": frozenset(
        {"string", "textarea", "email", "phone", "url", "picklist", "encryptedstring"}
    ),
    "NAME": frozenset({"name"}),
    "EMAIL": frozenset({"email"}),
    "PHONE": frozenset({"phone"}),
    "SIDEBAR": frozenset({"name", "email", "phone"}),
}

Match = Callable[[str], bool]


@dataclass(frozen=True)
class _Returning:
    """One object of RETURNING with what is asked of it."""

    sobject: SObjectType
    query: Query


def search(
    text: str,
    *,
    schema: Schema,
    store: Store,
    now: datetime,
    user_id: str,
    version: str,
) -> list[Record]:
    """Run a SOSL statement; return the records of ``searchRecords``.

    Raises QueryError (MALFORMED_SEARCH, INVALID_SEARCH and those of SOQL).
    """
    context = Context(
        schema=schema,
        store=store,
        include_deleted=False,
        now=now,
        user_id=user_id,
        version=version,
        lookups=Lookups(store),
    )
    found = _FIND.match(text)
    if found is None:
        raise QueryError(
            "MALFORMED_SEARCH",
            "No search term found. The search term must be enclosed in braces.",
        )
    match = make_match(re.sub(r"\\(.)", r"\1", found.group(1)))
    group, parts, limit = _clauses(text, found.end(), context)
    records: list[Record] = []
    for part in parts or _everything(context):
        left = limit - len(records)
        if left <= 0:
            break
        records += _found(part, match, group, context=context, limit=left)
    return records


def make_match(term: str) -> Match:
    """Return the function that tells whether a text contains the search term.

    Words must all occur, unless joined by OR, each at least as the beginning of one;
    ``*`` and ``?`` are wildcards, quoted words must stand together and be whole.
    Raises QueryError for a term of one character.
    """
    bare = re.sub(r'[*?"\s]', "", term)
    if len(bare) < 2:
        raise QueryError(
            "INVALID_SEARCH", f"search term must be longer than one character: {term}"
        )
    alternatives = [
        [_pattern(word, whole=whole) for word, whole in _words(part)]
        for part in re.split(r"\s+OR\s+", term.strip())
    ]

    def match(text: str) -> bool:
        return any(
            all(pattern.search(text) for pattern in patterns)
            for patterns in alternatives
        )

    return match


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Each word, or words in quotes; and whether only the whole of it counts."""
    for quoted, word in _WORD.findall(text):
        if word.upper() != "AND" and (quoted or word):
            yield quoted or word, bool(quoted) or bool(_WILD.search(word))


def _pattern(word: str, *, whole: bool) -> re.Pattern[str]:
    wild = re.escape(word).replace(r"\*", r"\S*").replace(r"\?", r"\S")
    end = r"(?!\w)" if whole else ""
    return re.compile(rf"(?<!\w){wild}{end}", re.IGNORECASE)


def _clauses(
    text: str, position: int, context: Context
) -> tuple[str, list[_Returning], int]:
    """Return the search group, the objects asked for and the overall limit."""
    stream = Stream(" " * position + text[position:])
    group = "ALL"
    try:
        if stream.accept_word("IN"):
            group = stream.expect_word(*_GROUPS)
            stream.expect_word("FIELDS")
        parts = []
        if stream.accept_word("RETURNING"):
            parts.append(_returning(stream, context))
            while stream.accept(","):
                parts.append(_returning(stream, context))
        limit = read_tail(stream, Query(text, (), Path("", 0))).limit
        if stream.peek().kind != "end":
            raise stream.unexpected()
    except QueryError as error:
        if error.code != "MALFORMED_QUERY":
            raise
        raise QueryError("MALFORMED_SEARCH", error.message) from error
    return group, parts, min(MAX_RESULTS if limit is None else limit, MAX_RESULTS)


def _returning(stream: Stream, context: Context) -> _Returning:
    token = stream.name()
    path = Path(token.text, token.position)
    sobject = context.target(path, stream.source)
    query = Query(stream.source, (_column("Id"),), path)
    if stream.accept("("):
        names = [stream.name()]
        while stream.accept(","):
            names.append(stream.name())
        items = tuple(Column(Path(one.text, one.position)) for one in names)
        query = read_tail(stream, replace(query, items=items))
        stream.expect(")")
    return _Returning(sobject, query)


def _column(name: str) -> Column:
    return Column(Path(name, 0))


def _everything(context: Context) -> list[_Returning]:
    """Without RETURNING, the ids of every object that can be searched."""
    return [
        _Returning(one, Query("", (_column("Id"),), Path(one.name, 0)))
        for one in context.schema.objects()
        if one.searchable and one.queryable and one.layoutable
    ]


def _found(
    part: _Returning, match: Match, group: str, *, context: Context, limit: int
) -> list[Record]:
    query = part.query
    scope = context.scope(part.sobject, query)
    add_child = child_adder(context, depth=1)
    shape = make_shape(query, scope=scope, context=context, add_child=add_child)
    project = shape.compile()
    selection = make_selector(query, scope, context).select(
        replace(query, limit=None, offset=0)
    )
    getters = _getters(part.sobject, group)
    most = limit if query.limit is None else min(limit, query.limit)
    start = max(0, selection.total - SCANNED_ROWS) if not query.order else 0
    stop = min(selection.total, start + SCANNED_ROWS)
    rows = (row for row in selection.rows(start, stop) if _hit(row, getters, match))
    return [project(row, None) for row in islice(rows, query.offset, most)]


def _getters(sobject: SObjectType, group: str) -> list[Callable[[Row], Any]]:
    return [
        sobject.getter(field)
        for field in sobject.fields.values()
        if field.stored and _searched(field, group)
    ]


def _searched(field: Field, group: str) -> bool:
    kinds = _GROUPS[group]
    return field.type in kinds or ("name" in kinds and field.name_field)


def _hit(row: Row, getters: Iterable[Callable[[Row], Any]], match: Match) -> bool:
    values = (get(row) for get in getters)
    return match("\n".join(str(value) for value in values if value is not None))
