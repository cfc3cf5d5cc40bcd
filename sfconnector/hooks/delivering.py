"""Brings changes to the host's receivers: after the commit, at least once.

A change is written down in the transaction of its batch, one row for each receiver. The
row goes when the receiver has returned; until then it is brought again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import F, QuerySet

from sfconnector import clock, conf, stopping, transactions
from sfconnector.exceptions import ConfigurationError
from sfconnector.hooks.receiving import (
    Change,
    Receiver,
    receiver_named,
    receiver_of,
    receivers_of,
)
from sfconnector.models import Org, PendingChange, Record
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)

AT_WORK = timedelta(minutes=5)
"""A receiver that has not returned by then is thought dead, and called again."""
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=7)
MOST_AT_ONCE = 500
"""Changes that one round brings; the next tick goes on."""
REBUILT_AT_ONCE = 1_000


def remember(
    org: Org,
    *,
    sobject: str,
    created: Sequence[str] = (),
    updated: Sequence[str] = (),
    deleted: Sequence[str] = (),
    changed_fields: dict[str, list[str]] | None = None,
) -> list[int]:
    """Write down a change for each receiver that wants it; return the rows' keys.

    Call in the transaction that makes the change.
    """
    if not (created or updated or deleted):
        return []
    payload = {
        "created": list(created),
        "updated": list(updated),
        "deleted": list(deleted),
        "changed_fields": changed_fields or {},
    }
    return [
        PendingChange.objects.create(
            org=org,
            sobject=sobject,
            receiver=receiver.name,
            payload=payload,
            due_at=clock.now() + AT_WORK,
        ).pk
        for receiver in receivers_of(org, sobject)
    ]


def deliver(keys: Sequence[int]) -> None:
    """Bring changes that were just committed by this process; raises nothing.

    What is not taken now is brought again by a later tick.
    """
    # One that a tick has taken meanwhile is the tick's.
    untouched = PendingChange.objects.filter(pk__in=keys, attempts=0, begun=0)
    try:
        _bring_each(untouched.order_by("pk"))
    except DatabaseError as error:
        logger.warning("Changes wait for their receivers: %s", error)


def is_waiting() -> bool:
    """Tell whether a change is to be brought again."""
    return PendingChange.objects.filter(due_at__lte=clock.now()).exists()


def deliver_due() -> int:
    """Bring the changes that are due, oldest first; return how many were taken."""
    due = PendingChange.objects.filter(due_at__lte=clock.now())
    return _bring_each(due.order_by("pk")[:MOST_AT_ONCE])


def set_aside() -> QuerySet[PendingChange]:
    """Return the changes at which their receiver ended its process too often."""
    return PendingChange.objects.filter(begun__gt=conf.current().run_attempts)


def _bring_each(rows: QuerySet[PendingChange]) -> int:
    return sum(_claim(row) and _bring(row) for row in rows.select_related("org"))


def _claim(row: PendingChange) -> bool:
    """Take a change before its receiver is called; False when another was quicker.

    The call is counted here: one that ends its process counts nothing afterwards.
    """
    same = PendingChange.objects.filter(pk=row.pk, due_at=row.due_at)
    until = clock.now() + AT_WORK
    if not same.update(due_at=until, begun=F("begun") + 1):
        return False
    row.due_at, row.begun = until, row.begun + 1
    return True


def _bring(row: PendingChange) -> bool:
    receiver = receiver_named(row.receiver)
    if row.begun > conf.current().run_attempts:
        _set_aside(row)
        return False
    if receiver is None:
        _put_off(row, "not registered in this process")
        return False
    change = Change(org=row.org, sobject=row.sobject, **row.payload)
    if error := _called(receiver, change):
        _put_off(row, type(error).__name__)
        return False
    PendingChange.objects.filter(pk=row.pk).delete()
    return True


def _called(receiver: Receiver, change: Change) -> BaseException | None:
    """Call a function of the host; return its error, which hurts nobody else.

    Not its text: that is the host's, and may hold what it read. What ends this process
    is raised: Ctrl-C, and an exit while the worker ends.
    """
    try:
        receiver.call(change)
    except (Exception, SystemExit) as error:  # whatever a host's code may raise
        if isinstance(error, SystemExit) and stopping.is_stopping():
            raise
        logger.exception("The receiver %s failed.", receiver.name)
        return error
    return None


def _put_off(row: PendingChange, reason: str) -> None:
    if _is_given_up(row):
        return
    rest = min(FIRST_REST * 2 ** min(row.attempts, 10), LONGEST_REST)
    values: dict[str, Any] = {"attempts": F("attempts") + 1, "error": reason[:80]}
    PendingChange.objects.filter(pk=row.pk).update(
        due_at=clock.now() + rest, begun=0, **values
    )


def _set_aside(row: PendingChange) -> None:
    """Bring a change no more at which the process ended each time; keep it a week."""
    if _is_given_up(row):
        return
    logger.error(
        "%s is not called again with a change of %s: its process ended %s times.",
        row.receiver,
        row.sobject,
        row.begun - 1,
    )
    PendingChange.objects.filter(pk=row.pk).update(
        due_at=row.created_at + GIVEN_UP_AFTER, error="ended its process"
    )


def _is_given_up(row: PendingChange) -> bool:
    """Forget a change that nobody took within a week; tell whether it was one."""
    if row.created_at + GIVEN_UP_AFTER > clock.now():
        return False
    logger.error("%s did not take a change within a week.", row.receiver)
    PendingChange.objects.filter(pk=row.pk).delete()
    return True


def rebuild(call: Callable[[Change], object], *, org: Org, sobject: str) -> int:
    """Tell a receiver of every live record as if it were new; return of how many.

    In the order of their ids, a thousand at a time. What waits for it is forgotten
    first: it is told of the state that is. Errors of the receiver are raised. Raises
    ConfigurationError when it does not listen to this object of this org.
    """
    receiver = receiver_of(call)
    if receiver is None or not receiver.wants(org, sobject):
        raise ConfigurationError(
            _("{name} does not listen to {sobject} of {org}.").format(
                name=receiver.name if receiver else repr(call),
                sobject=sobject,
                org=org.alias,
            ),
            remedy=_("Register it with @on_records for this object and org."),
        )
    waiting = PendingChange.objects.filter(org=org, sobject__iexact=sobject)
    with transactions.atomic():
        waiting.filter(receiver=receiver.name).delete()
    rows = Record.objects.of(org, sobject).live().order_by("record_id")
    ids = rows.values_list("record_id", flat=True)
    told, last = 0, ""
    while some := list(ids.filter(record_id__gt=last)[:REBUILT_AT_ONCE]):
        call(Change(org=org, sobject=sobject, created=some, is_rebuild=True))
        told, last = told + len(some), some[-1]
    return told
