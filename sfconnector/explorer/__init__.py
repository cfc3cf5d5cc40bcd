"""The explorer: one hand-written call, checked, sent, redacted and remembered."""

from __future__ import annotations

from sfconnector.explorer.addresses import READING, is_write, readable
from sfconnector.explorer.calling import Reply, asks_alias, send
from sfconnector.explorer.copies import as_curl, as_postman, as_python, as_shell
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
from sfconnector.explorer.request import HEADERS, METHODS, Request, check, parse_headers
from sfconnector.explorer.suggestions import Suggestion, for_path, for_soql
from sfconnector.explorer.tables import Table, lay_out, table_of

__all__ = [
    "HEADERS",
    "HISTORY",
    "METHODS",
    "READING",
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
    "check",
    "for_path",
    "for_soql",
    "forget",
    "history",
    "is_write",
    "keep",
    "keep_query",
    "kept",
    "lay_out",
    "parse_headers",
    "prune",
    "query_path",
    "readable",
    "remember",
    "remember_query",
    "request_of",
    "send",
    "table_of",
]
