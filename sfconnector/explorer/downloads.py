"""Rows of an answer as CSV: all pages of it, or a sentence why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sfconnector import records
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import InvalidRequest, SFConnectorError
from sfconnector.explorer.calling import send
from sfconnector.explorer.many import OrgRows, ask_orgs, ask_pages
from sfconnector.explorer.tables import rows_in, spread
from sfconnector.gateway import Request
from sfconnector.models import Org
from sfconnector.texts import gettext_noop as _

MOST_ROWS = 50_000
"""Rows of one file: all are held at once, since any may bring a further column."""

Rows = list[dict[str, Any]]


def whole_query(
    chosen: Sequence[Org], *, soql: str, all_rows: bool = False, by: Actor = NOBODY
) -> dict[Org, Rows]:
    """Ask orgs a query and return all rows of each, in the orgs' order.

    Raises what ``ask_orgs`` raises, SFConnectorError for what an org refuses, and
    InvalidRequest for more than 50,000 rows: a file is whole, or there is none.
    """
    return _to_the_end(ask_orgs(chosen, soql=soql, all_rows=all_rows, by=by), by=by)


def whole_answer(org: Org, *, request: Request, by: Actor = NOBODY) -> Rows:
    """Send a GET and return the rows of its answer and of the pages behind it.

    Raises InvalidRequest for another method and for an answer without rows, and what
    ``whole_query`` raises.
    """
    if request.method != "GET":
        raise InvalidRequest(
            _("Only the answer of a GET can be had as CSV."),
            remedy=_("Choose GET; it is sent once more."),
        )
    reply = send(org, request=request, by=by)
    if reply.refusal is not None:
        raise reply.refusal
    found, following = rows_in(reply.body), ""
    if isinstance(reply.body, dict):
        following = str(reply.body.get("nextRecordsUrl") or "")
    if following:
        found = [*found, *_to_the_end(ask_pages({org: following}, by=by), by=by)[org]]
    return found


def csv_of(rows: Mapping[str, Rows], *, of_many: str = "") -> Iterator[str]:
    """Yield lines of CSV of the rows by the aliases of their orgs.

    Parents are spread over columns as in the table; ``of_many`` names a first column
    that holds the alias. Raises InvalidRequest when there are no rows.
    """
    names, flat = spread([row for found in rows.values() for row in found])
    if not flat:
        raise InvalidRequest(
            _("No row came, so there is no CSV."), remedy=_("Ask for more.")
        )
    return _lines(rows, names, flat, of_many)


def _lines(
    rows: Mapping[str, Rows], names: list[str], flat: Rows, of_many: str
) -> Iterator[str]:
    lines = records.CsvLines()
    yield lines.of([of_many, *names] if of_many else names)
    aliases = (alias for alias, found in rows.items() for _row in found)
    for alias, row in zip(aliases, flat, strict=True):
        values = (row.get(name) for name in names)
        yield lines.of([alias, *values] if of_many else values)


def _to_the_end(answers: Sequence[OrgRows], *, by: Actor) -> dict[Org, Rows]:
    found: dict[Org, Rows] = {answer.org: [] for answer in answers}
    while answers:
        for answer in answers:
            if answer.error:
                text = f"{answer.org.alias}: {answer.error}"
                raise SFConnectorError(text, remedy=answer.remedy)
            found[answer.org] += answer.rows
        if sum(map(len, found.values())) > MOST_ROWS:
            raise InvalidRequest(
                _("A CSV of the explorer has at most {most:,} rows.").format(
                    most=MOST_ROWS
                ),
                remedy=_("Narrow the query, or make it a scheduled fetch."),
            )
        # A page without rows that names a next one would lead on for ever.
        further = {one.org: one.next_url for one in answers if one.rows}
        pages = {org: path for org, path in further.items() if path}
        answers = ask_pages(pages, by=by)
    return found
