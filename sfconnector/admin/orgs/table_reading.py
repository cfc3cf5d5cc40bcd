"""Reads a CSV file of orgs into rows for their form; says by line what is wrong."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

COLUMNS = (
    "alias",
    "label",
    "login_url",
    "app",
    "consumer_key",
    "consumer_secret",
    "flow",
    "username",
)
"""The headings that a file may have; only ``alias`` is needed."""
MOST_BYTES = 1_000_000
MOST_ROWS = 1_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One org of a file."""

    number: int
    """Of the line in the file, the headings being the first."""
    values: dict[str, str] = dataclasses.field(repr=False)
    """By heading; may hold a secret."""


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """The file cannot be read; the text says why and holds nothing of the file."""


@sensitive_variables()
def lines_of(content: bytes) -> list[Line]:
    """Return the orgs of a file, with commas or semicolons between the values.

    Raises Unreadable. No message repeats what stands in the file: a column that
    slipped could be that of the secrets.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file has more than a megabyte."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_("Save the file as CSV in UTF-8.")) from None
    if "\x00" in text:
        raise Unreadable(_("Save the file as CSV in UTF-8."))
    try:
        return list(_read(text))
    except csv.Error:
        raise Unreadable(_("The file is no CSV: a quote is not closed.")) from None


@sensitive_variables()
def _read(text: str) -> Iterator[Line]:
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    headings = [one.strip().lower() for one in next(reader, [])]
    _check_headings(headings)
    found = 0
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        found += 1
        if found > MOST_ROWS:
            told = _("The file has more than %(count)d orgs.") % {"count": MOST_ROWS}
            raise Unreadable(told)
        if len(cells) != len(headings):
            given = {
                "line": reader.line_num,
                "count": len(cells),
                "wanted": len(headings),
            }
            told = _("Line %(line)d has %(count)d values; the headings are %(wanted)d.")
            raise Unreadable(told % given)
        values = dict(zip(headings, (cell.strip() for cell in cells), strict=True))
        yield Line(number=reader.line_num, values=values)
    if not found:
        raise Unreadable(_("The file names no org below its headings."))


def _check_headings(headings: list[str]) -> None:
    known = ", ".join(COLUMNS)
    for number, heading in enumerate(headings, start=1):
        if heading not in COLUMNS or headings.count(heading) > 1:
            told = _("The heading of column %(number)d is not one of: %(known)s.")
            raise Unreadable(told % {"number": number, "known": known})
    if "alias" not in headings:
        raise Unreadable(_("The first line has no heading “alias”."))
