"""The explorer: one hand-written call, checked, sent, redacted and remembered."""

from __future__ import annotations

from sfconnector.explorer.calling import READING, Reply, Request, check, is_write, send
from sfconnector.explorer.copies import as_curl, as_postman, as_python
from sfconnector.explorer.many import OrgRows, ask_orgs, query_path
from sfconnector.explorer.memory import history, keep, kept, remember

__all__ = [
    "READING",
    "OrgRows",
    "Reply",
    "Request",
    "as_curl",
    "as_postman",
    "as_python",
    "ask_orgs",
    "check",
    "history",
    "is_write",
    "keep",
    "kept",
    "query_path",
    "remember",
    "send",
]
