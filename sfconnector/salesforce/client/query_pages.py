"""Reads query pages: whole, or as bytes of which only the head is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.answers import Answer, count_of
from sfconnector.salesforce.hosts import check_path
from sfconnector.salesforce.types import QueryPage, RawPage
from sfconnector.texts import gettext_noop as _

_HEAD = re.compile(
    rb'\s*\{\s*"totalSize"\s*:\s*(\d{1,12})\s*,\s*"done"\s*:\s*(true|false)\s*'
    rb'(?:,\s*"nextRecordsUrl"\s*:\s*"(/services/[\x21\x23-\x5b\x5d-\x7e]{1,500})"\s*)?'
    rb',\s*"records"\s*:\s*\['
)


def read_page(answer: Answer) -> QueryPage:
    """Read a query page whole, or raise Corrupt."""
    value = answer.json(dict)
    records = list_of(value, "records")
    if any(not isinstance(record, dict) for record in records):
        message = _("The query page holds something that is not a record.")
        raise Corrupt(message)
    total, done, next_url = _ends(value)
    return QueryPage(records=records, total_size=total, done=done, next_url=next_url)


def read_raw_page(answer: Answer) -> RawPage:
    """Read a query page's head by a bounded search, else by reading it whole.

    So the next page can be asked for before this one is read.
    """
    content = answer.content
    head = _HEAD.match(content)
    if head is None:
        total, done, next_url = _ends(answer.json(dict))
    else:
        total, done = int(head[1]), head[2] == b"true"
        next_url = check_path(head[3].decode()) if head[3] else None
    if not content.rstrip().endswith(b"}") or done == (next_url is not None):
        message = _("The query page is not whole: its end or its next page is missing.")
        raise Corrupt(message)
    return RawPage(content=content, total_size=total, done=done, next_url=next_url)


def list_of(value: Mapping[str, Any], name: str) -> list[Any]:
    """Give a list out of a JSON object, or raise Corrupt."""
    found = value.get(name)
    if not isinstance(found, list):
        message = _("The answer holds no list of {name}, which was asked for.").format(
            name=name
        )
        raise Corrupt(message)
    return found


def _ends(value: Mapping[str, Any]) -> tuple[int, bool, str | None]:
    total, done = count_of(value.get("totalSize")), value.get("done")
    next_url = value.get("nextRecordsUrl")
    if total is None or not isinstance(done, bool):
        message = _("The answer is not a page of a query.")
        raise Corrupt(message)
    if done == (next_url is not None):
        message = _("The query page does not say how to go on.")
        raise Corrupt(message)
    return total, done, None if next_url is None else str(next_url)
