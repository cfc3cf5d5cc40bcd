"""Bounds of a query's answer: its rows are counted, and its pages come to an end."""

from __future__ import annotations

from sfconnector.exceptions import InvalidRequest
from sfconnector.salesforce.failures import no_end
from sfconnector.texts import gettext_noop as _

MOST_IN_PAGE = 100_000
"""Rows of one page with all its child records: they are in memory together."""


class Count:
    """Counts the rows of a query, those of its children too, up to a bound."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._taken = 0
        self._in_page = 0

    def turn(self) -> None:
        """Begin another page: what the last one held is let go."""
        self._in_page = 0

    def take(self, rows: int) -> None:
        """Count some rows more; raise InvalidRequest when they are too many."""
        self._taken += rows
        self._in_page += rows
        is_beyond = self._most is not None and self._taken > self._most
        if is_beyond or self._in_page > MOST_IN_PAGE:
            most = self._most if is_beyond else MOST_IN_PAGE
            message = _(
                "The query answers more than the {most:,} rows allowed."
            ).format(most=most)
            raise InvalidRequest(
                message,
                code="TOO_MANY_ROWS",
                remedy=_(
                    "Add a LIMIT, or make an object plan, which has no such bound."
                ),
            )


class Way:
    """The way through the pages of one query or job, which has to come to an end.

    A page that leads back, or beyond all that was announced, would be followed for
    ever, and so would pages without records. These raise a Corrupt that nobody tries
    again: it would be no other way. One empty page alone is no circle; what it should
    have held is missed at the end, and a pass that begins anew may find it.
    """

    def __init__(self) -> None:
        self._followed: set[str] = set()
        self._received = 0
        self._was_empty = False

    def lead(self, following: str | None) -> None:
        """Note where a page leads, before that is followed."""
        if following is None:
            return
        if following in self._followed:
            raise no_end(_("The pages lead back to one that was read."))
        self._followed.add(following)

    def count(self, rows: int, *, total: int | None, goes_on: bool) -> None:
        """Count the rows of a page that was read; ``goes_on``: it leads to another."""
        self._received += rows
        is_behind = total is not None and self._received >= total
        are_empty = self._was_empty and not rows
        self._was_empty = not rows
        if goes_on and (are_empty or is_behind):
            of_all = f" of {total:,}" if total is not None else ""
            raise no_end(
                _(
                    "The pages go on behind {received:,}{of_all} records: "
                    "they have no end."
                ).format(received=self._received, of_all=of_all)
            )
