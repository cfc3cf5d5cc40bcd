"""The explorer: one hand-written call, checked, sent, redacted and remembered."""

from __future__ import annotations

from sfconnector.explorer.calling import asks_alias, send
from sfconnector.explorer.carets import Caret, caret_in
from sfconnector.explorer.downloads import csv_of, whole_answer, whole_query
from sfconnector.explorer.legible import KEYWORDS, painted, soql_in
from sfconnector.explorer.many import OrgRows, ask_orgs, ask_pages, query_path
from sfconnector.explorer.memory import (
    HISTORY,
    forget,
    history,
    keep,
    keep_query,
    kept,
    prune,
    remember,
    remember_query,
    request_of,
)
from sfconnector.explorer.queries import query
from sfconnector.explorer.snippets import as_curl, as_postman, as_python, as_shell
from sfconnector.explorer.suggestions import Suggestion, for_path, for_soql
from sfconnector.explorer.tables import Table, lay_out, table_of
from sfconnector.gateway import (
    HEADERS,
    METHODS,
    READING,
    Reply,
    Request,
    check,
    is_write,
    parse_headers,
    readable,
)

__all__ = [
    "HEADERS",
    "HISTORY",
    "KEYWORDS",
    "METHODS",
    "READING",
    "Caret",
    "OrgRows",
    "Reply",
    "Request",
    "Suggestion",
    "Table",
    "as_curl",
    "as_postman",
    "as_python",
    "as_shell",
    "ask_orgs",
    "ask_pages",
    "asks_alias",
    "caret_in",
    "check",
    "csv_of",
    "for_path",
    "for_soql",
    "forget",
    "history",
    "is_write",
    "keep",
    "keep_query",
    "kept",
    "lay_out",
    "painted",
    "parse_headers",
    "prune",
    "query",
    "query_path",
    "readable",
    "remember",
    "remember_query",
    "request_of",
    "send",
    "soql_in",
    "table_of",
    "whole_answer",
    "whole_query",
]
