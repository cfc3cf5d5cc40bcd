"""Going on after errors: from the checkpoint, in smaller windows, with fewer fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection

from sfconnector import catalog
from sfconnector.exceptions import Corrupt, SalesforceError, Transient
from sfconnector.sync import shaping
from sfconnector.sync.readers.checking import MISFIT
from sfconnector.sync.work.checkpoints import ByRest
from sfconnector.sync.work.work import Work, log_start_of

MOST_RESTARTS = 3
"""Restarts from the checkpoint without a record of progress in between."""
TOO_SLOW = frozenset(
    {"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "OPERATION_TOO_LARGE"}
)
TOO_LONG = frozenset({"URI_TOO_LONG", "REQUEST_HEADER_FIELDS_TOO_LARGE"})
FIRST_WINDOW = 20_000
SMALLEST_WINDOW = 300
SMALLEST_ROOM = 2_000
"""Bytes of an address below which splitting the fields cannot help any more."""


def persevere(
    work: Work,
    walk: Callable[[Work], None],
    *,
    unless: Collection[str] = (),
    streams: bool = False,
) -> bool:
    """Walk to the end, going back to the checkpoint after errors that allow it.

    False when the walk ended in one of the codes of ``unless``: another way is open.
    ``streams`` says that answers are streamed: the transport cannot repeat those.
    """
    restarts = 0
    while True:
        before = work.rows_behind
        try:
            walk(work)
            return True
        except SalesforceError as error:
            if error.code in unless:
                work.log(str(error), level="warning")
                return False
            restarts = 1 if work.rows_behind > before else restarts + 1
            was_cut = streams and isinstance(error, Transient)
            if restarts > MOST_RESTARTS or not (was_cut or _can_go_on(work, error)):
                raise
            work.log(f"Going on from the checkpoint: {error}", level="warning")
            log_start_of(work.run, error)


def _can_go_on(work: Work, error: SalesforceError) -> bool:
    if error.code == MISFIT:
        return _types_changed(work)
    if isinstance(error, Corrupt):
        return error.retry
    if error.code == "INVALID_QUERY_LOCATOR":
        return True
    if error.code in TOO_SLOW:
        return _ask_for_less(work)
    if error.code in TOO_LONG or error.status in (414, 431):
        return _ask_for_fewer_fields(work)
    return error.code == "INVALID_FIELD" and _describe_again(work)


def _ask_for_less(work: Work) -> bool:
    """Read in smaller windows from now on; False when they are small already."""
    place = work.checkpoint
    if not isinstance(place, ByRest):
        return False
    window = (place.window or FIRST_WINDOW * 4) // 4
    if window < SMALLEST_WINDOW:
        return False
    work.write(checkpoint=dataclasses.replace(place, window=window))
    return True


def _ask_for_fewer_fields(work: Work) -> bool:
    """Split the fields over several queries; False when they are few already."""
    place = work.checkpoint
    if not isinstance(place, ByRest):
        return False
    room = place.room // 2
    if room < SMALLEST_ROOM:
        return False
    work.write(checkpoint=dataclasses.replace(place, room=room))
    return True


def _types_changed(work: Work) -> bool:
    """Read the describe anew and go by its types; False when they are the same."""
    row = catalog.describe(work.org, sobject=work.shape.sobject, force=True)
    types = shaping.shape_of(work.plan, row).types
    if types == work.shape.types:
        return False
    work.shape = dataclasses.replace(work.shape, types=types)
    return True


def _describe_again(work: Work) -> bool:
    """Read the describe anew and drop what is gone; tell whether that helps.

    Only ever fewer fields than before: records that were read already lack new ones.
    What was masked meanwhile does not go on like this, for they have it.
    """
    row = catalog.describe(work.org, sobject=work.shape.sobject, force=True)
    fresh = shaping.shape_of(work.plan, row)
    gone = sorted(set(work.shape.fields) - set(fresh.fields))
    if not gone or set(gone) & set(fresh.masked):
        return False
    work.warn(f"No longer in the org, not read any more: {', '.join(gone)}.")
    work.shape = dataclasses.replace(
        fresh, fields=tuple(name for name in work.shape.fields if name not in gone)
    )
    definition = work.shape.definition
    place = dataclasses.replace(work.checkpoint, definition=definition)
    work.write(checkpoint=place)
    return True
