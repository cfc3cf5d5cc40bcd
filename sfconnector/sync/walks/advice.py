"""What to do about a run that failed: never what it has just done by itself."""

from __future__ import annotations

from collections.abc import Callable

from sfconnector.exceptions import SFConnectorError
from sfconnector.sync.work.checkpoints import BulkJob, ByRest, Checkpoint
from sfconnector.texts import gettext_noop


def _always(_: Checkpoint) -> bool:
    return True


def _was_narrowed(place: Checkpoint) -> bool:
    return isinstance(place, ByRest) and place.window is not None


def _was_by_bulk(place: Checkpoint) -> bool:
    return isinstance(place, BulkJob) or place.refused


DONE: tuple[tuple[Callable[[Checkpoint], bool], str, str], ...] = (
    (_always, "It is tried again by itself", "It was tried again, in vain"),
    (_always, "It is fetched again by itself", "It was fetched again, in vain"),
    (
        _always,
        "It goes on from the last checkpoint by itself.",
        "It went on from the last checkpoint, in vain: start the run again.",
    ),
    (_was_narrowed, "Read smaller windows or fewer fields", "Choose fewer fields"),
    (_was_by_bulk, ", or use Bulk", ""),
    (_was_by_bulk, ", or read by Bulk", ""),
)
"""When something was done, what a remedy says of it, and what is said instead."""

MADE = (
    gettext_noop("It was tried again, in vain."),
    gettext_noop(
        "It was tried again, in vain; look at proxies and time-outs if it lasts."
    ),
    gettext_noop("It was tried again, in vain; see status.salesforce.com if it lasts."),
    gettext_noop("It was tried again, in vain; test the connection if it lasts."),
    gettext_noop(
        "It was tried again, in vain; ask for a policy that spares the integration "
        "user."
    ),
    gettext_noop(
        "It was fetched again, in vain; look at proxies if it keeps happening."
    ),
    gettext_noop("It went on from the last checkpoint, in vain: start the run again."),
    gettext_noop("Choose fewer fields, filter on an indexed field, or use Bulk."),
    gettext_noop("Read smaller windows or fewer fields, filter on an indexed field."),
    gettext_noop("Choose fewer fields, filter on an indexed field."),
    gettext_noop("Choose fewer fields or rows."),
    gettext_noop("Choose fewer fields, shorten the filter."),
    gettext_noop("Shorten the filter."),
)
"""What becomes of the remedies; written out, so that they can be translated."""


def remedy_of(error: SFConnectorError, place: Checkpoint) -> str:
    """Return the remedy of an error that ended a run at a place."""
    text = error.remedy
    for was_done, advice, instead in DONE:
        if was_done(place):
            text = text.replace(advice, instead)
    return text
