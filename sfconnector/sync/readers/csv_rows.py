"""Rows of a Bulk result, typed by the describe, as the JSON that REST would give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row, content_hash, rows_of
from sfconnector.salesforce.bulk.csv_pieces import Columns, texts
from sfconnector.sync.readers.checking import (
    DELETED,
    LIVE,
    MISFIT,
    MisfitError,
    checked_ids,
    checked_stamps,
)
from sfconnector.sync.readers.csv_cells import NULL, moments_of, written
from sfconnector.sync.readers.csv_layout import (
    Member,
    Nothing,
    Whole,
    holders_of,
    members_of,
)
from sfconnector.sync.shape import Shape
from sfconnector.texts import gettext_noop as _

FLAGS = frozenset({b"true", b"false"})


class Rows:
    """Makes rows of a job's CSV. Made once per page, from its header.

    Whole columns are checked and written at a time, so that the loops run inside the
    interpreter: a cell costs a tenth of what a function call for it would.
    """

    def __init__(self, shape: Shape, columns: Sequence[str], *, version: str) -> None:
        """Check the header. Raises Corrupt when it is not what was asked for."""
        places = _places(shape.bulk_fields, columns)
        form = shape.form(version)
        self._holders = holders_of(shape)
        self._id = places["Id"]
        self._stamp = places.get(shape.cursor_field)
        self._deleted = places.get("IsDeleted")
        self._members = members_of(shape, form.members, places)
        self._head = form.start

    def __call__(self, columns: Columns) -> list[Row]:
        """Return the rows of some cells. Raises Corrupt at one that is none."""
        try:
            return self._rows(columns)
        except MisfitError as error:
            raise Corrupt(str(error), code=MISFIT) from error
        except ValueError as error:
            raise Corrupt(
                _("A row of the Bulk answer is not one: {error}").format(error=error)
            ) from error

    def asked(
        self, cleaned: Mapping[frozenset[str], Sequence[str]]
    ) -> Mapping[str, Sequence[str]]:
        """Return by the fields that were asked for which rows were cleaned.

        A part counts for itself, for its compound, or for both, as by REST.
        """
        found: dict[str, list[str]] = {}
        for columns, keys in cleaned.items():
            names = {name for one in columns for name in self._holders[one.lower()]}
            for name in names:
                found.setdefault(name, []).extend(keys)
        return found

    def _rows(self, columns: Columns) -> list[Row]:
        columns, came = [*columns], texts(columns[self._id])
        keys = checked_ids(came)
        if keys is not came:
            columns[self._id] = list(map(str.encode, keys))
        start = [repeat(self._head), columns[self._id]]
        data = _joined(start, b'"}', self._members, columns)
        states: Iterable[int] = repeat(LIVE)
        stamps: Iterable[str | None] = repeat(None)
        if self._deleted is not None:
            flags = columns[self._deleted]
            if not FLAGS.issuperset(flags):
                flags = [flag.lower() for flag in flags]
            if not FLAGS.issuperset(flags):
                raise ValueError("IsDeleted is neither true nor false")
            if b"true" in flags:
                states = [DELETED if flag == b"true" else LIVE for flag in flags]
        if self._stamp is not None:
            moments = texts(moments_of(columns[self._stamp]))
            stamps = checked_stamps([moment or None for moment in moments])
        return rows_of(keys, states, stamps, map(content_hash, data), data)


def _joined(
    start: Sequence[Iterable[bytes]],
    between: bytes,
    members: Sequence[Member],
    columns: Columns,
) -> list[bytes]:
    """Return JSON objects: what stands between the cells, and the cells."""
    parts = [*start]
    for member in members:
        cells, is_bare = _written(member, columns)
        quote = b'"' if is_bare else b""
        comma = b"" if between == b"{" else b","
        parts += [repeat(between + comma + member.key + quote), cells]
        between = quote
    parts.append(repeat(between + b"}"))
    return list(map(b"".join, zip(*parts, strict=False)))


def _written(member: Member, columns: Columns) -> tuple[Iterable[bytes], bool]:
    """Return a member's values as JSON, and whether they still want their quotes."""
    if isinstance(member, Nothing):
        return repeat(NULL), False
    if isinstance(member, Whole):
        return _wholes(member, columns), False
    return written(columns[member.place], member.encode)


def _wholes(whole: Whole, columns: Columns) -> list[bytes]:
    objects = _joined([], b"{", whole.members, columns)
    empty = b"{%b}" % b",".join(member.key + NULL for member in whole.members)
    return [NULL if one == empty else one for one in objects]


def _places(asked: Sequence[str], came: Sequence[str]) -> dict[str, int]:
    """Return where each field stands: up to version 49 columns come by the alphabet.

    Raises Corrupt when the columns are not those that were asked for.
    """
    places = {name.lower(): place for place, name in enumerate(came)}
    missing = [name for name in asked if name.lower() not in places]
    if missing or len(came) != len(asked):
        raise Corrupt(
            _("The columns of the Bulk answer are not those that were asked for")
            + (
                _("; missing: {names}.").format(names=", ".join(sorted(missing)[:5]))
                if missing
                else "."
            )
        )
    return {name: places[name.lower()] for name in asked}
