"""Where in a query Salesforce found its mistake."""

from __future__ import annotations

import dataclasses
import re

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce.soql import on_one_line, token_starts

_PLACE = re.compile(r"ERROR at Row:(\d+):Column:(\d+)")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Caret:
    """A place of a query as it was written, and what is said of it."""

    at: int
    """Characters before it, where a line end is one."""
    line: str
    """The written line that holds it."""
    column: int
    """Characters of that line before it."""

    @property
    def pointer(self) -> str:
        """A line that points at the place when it stands below the written line."""
        before = self.line[: self.column]
        return "".join("\t" if char == "\t" else " " for char in before) + "^"


def caret_in(written: str, message: str) -> Caret | None:
    """Return the place that a refusal names, None when it names none.

    The query went out on one line; the place is told in the text as it was written.
    """
    found = _PLACE.search(message)
    if found is None:
        return None
    sent = on_one_line(written)
    lines = sent.split("\n")
    row, column = int(found[1]), int(found[2])
    if row > len(lines):
        return None
    at = sum(len(line) + 1 for line in lines[: row - 1]) + column - 1
    place = _as_written(written, sent, min(at, len(sent)))
    begin = written.rfind("\n", 0, place) + 1
    end = written.find("\n", place)
    line = written[begin : end if end >= 0 else len(written)]
    return Caret(at=place, line=line, column=place - begin)


def _as_written(written: str, sent: str, at: int) -> int:
    """Find the place of the sent text in the written one, token by token."""
    try:
        pairs = list(zip(token_starts(written), token_starts(sent), strict=True))
    except (InvalidRequest, ValueError):  # it went out as it was written
        return min(at + len(written) - len(written.lstrip()), len(written))
    begins = [pair for pair in pairs if pair[1] <= at]
    if not begins:
        return at
    here, there = begins[-1]
    return min(here + at - there, len(written))
