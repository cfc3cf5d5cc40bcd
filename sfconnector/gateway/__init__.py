"""The door: every call that a person or a plan words goes through here.

It decides which addresses may be called, what counts as a write, who may, how much of
an answer is taken, what of it may be seen, and what the audit trail gets.
"""

from __future__ import annotations

from sfconnector.gateway.addresses import READING, readable
from sfconnector.gateway.asking import MOST_SHOWN, ask
from sfconnector.gateway.call import (
    BODILESS,
    HEADERS,
    METHODS,
    MOST_SENT,
    Call,
    Request,
    check,
    parse_headers,
)
from sfconnector.gateway.filter_names import unknown_fields
from sfconnector.gateway.parts import is_write
from sfconnector.gateway.reply import Reply
from sfconnector.gateway.row_pages import SHOWN, Page, check_is_query, rows
from sfconnector.gateway.worded_plans import (
    check_plan,
    check_right,
    chosen_of,
    may_plan,
    note_plan,
    shown,
)

__all__ = [
    "BODILESS",
    "HEADERS",
    "METHODS",
    "MOST_SENT",
    "MOST_SHOWN",
    "READING",
    "SHOWN",
    "Call",
    "Page",
    "Reply",
    "Request",
    "ask",
    "check",
    "check_is_query",
    "check_plan",
    "check_right",
    "chosen_of",
    "is_write",
    "may_plan",
    "note_plan",
    "parse_headers",
    "readable",
    "rows",
    "shown",
    "unknown_fields",
]
