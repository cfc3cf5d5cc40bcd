"""Owns the errors a query is refused with, laid out as Salesforce lays them out."""

from __future__ import annotations

import re

# A long statement is not repeated whole: about this many characters on either
# side of the culprit are shown, cut between words.
_BEFORE = 43
_AFTER = 45


class QueryError(Exception):
    """A query Salesforce refuses, with its error code and full message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def located(code: str, text: str, *, source: str, position: int) -> QueryError:
    """Return a QueryError which quotes the line, points at the column and says text.

    position is an offset in source. The layout (empty line, snippet, caret,
    ``ERROR at Row:r:Column:c``, text) is the one of recorded answers.
    """
    line_start = source.rfind("\n", 0, position) + 1
    line_end = source.find("\n", position)
    line = source[line_start : line_end if line_end >= 0 else len(source)]
    row = source.count("\n", 0, position) + 1
    column = position - line_start
    start, stop = _window(line, column)
    snippet = line[start:stop]
    caret = " " * (column - start) + "^"
    message = f"\n{snippet}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n{text}"
    return QueryError(code, message)


def _window(line: str, column: int) -> tuple[int, int]:
    cuts = [match.end() for match in re.finditer(r"[\s,]+", line)]
    start = 0
    if column > _BEFORE:
        start = min(
            (c for c in cuts if column - _BEFORE <= c <= column), default=column
        )
    stop = len(line)
    if stop - column > _AFTER:
        stop = max(
            (c for c in cuts if column < c <= column + _AFTER), default=column + _AFTER
        )
    return start, max(stop, column)


def too_complicated() -> QueryError:
    """Return the refusal of a statement that is nested too deeply."""
    return QueryError(
        "QUERY_TOO_COMPLICATED",
        "Query is either selecting too many fields or the filter conditions are "
        "too complicated.",
    )
