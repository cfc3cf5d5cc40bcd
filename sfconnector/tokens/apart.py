"""Renews tokens although the caller is in a transaction: on a connection of its own.

Tokens that a rollback takes back are lost for good, so they are never written in the
caller's transaction. Where the caller's own locks stand in the way, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import DatabaseError, connections

from sfconnector import transactions
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Credential, Org
from sfconnector.texts import gettext_noop as _
from sfconnector.tokens.lease import OUTSIDE, refuse_open_transaction

T = TypeVar("T")

_WAIT_FOR_LOCKS = {
    "postgresql": "SET lock_timeout = '3s'",
    "mysql": "SET SESSION innodb_lock_wait_timeout = 3",
}
"""How long another one's lock is waited for, by vendor; it may be the caller's own."""


def renewed(org_pk: int, work: Callable[[], T]) -> T:
    """Do the work here, or beside the caller's transaction when there is one.

    Raise ConfigurationError, before anything is sent, where that cannot be: on SQLite,
    which lets one writer in, and where the caller's transaction has locked the rows.
    """
    if not transactions.is_open():
        return work()
    if transactions.connection().vendor not in _WAIT_FOR_LOCKS:
        refuse_open_transaction()

    def beside() -> T:
        try:
            _refuse_held_rows(org_pk)
            return work()
        finally:
            connections.close_all()  # those of this thread

    # A thread has connections of its own. The context goes along: it says who acts.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(copy_context().run, beside).result()


def _refuse_held_rows(org_pk: int) -> None:
    """Take the locks that keeping new tokens will need, and let them go again.

    Who waits for us would hold them to the end: then the answer could not be kept.
    """
    connection = transactions.connection()
    no_key = connection.features.has_select_for_no_key_update
    try:
        with connection.cursor() as cursor:
            cursor.execute(_WAIT_FOR_LOCKS[connection.vendor])
        with transactions.atomic():
            for rows in (
                Credential.objects.filter(org_id=org_pk),
                Org.objects.filter(pk=org_pk),
            ):
                list(rows.select_for_update(no_key=no_key).values_list("pk"))
    except DatabaseError:
        message = _(
            "Salesforce tokens cannot be renewed: this transaction holds the org."
        )
        raise ConfigurationError(message, remedy=OUTSIDE) from None
