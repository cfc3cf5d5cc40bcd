"""Where a client of one org gets its access token, and a new one when it expired."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from sfconnector import transactions
from sfconnector.exceptions import NotConnected
from sfconnector.models import Credential, Org
from sfconnector.salesforce.types import SessionLike
from sfconnector.tokens.guard import refuse_unless_callable
from sfconnector.tokens.lease import StoredSession, load
from sfconnector.tokens.renewal import renew, session_of

_NOTE_USE_EVERY = timedelta(minutes=10)


class TokenSource:
    """The token source of one org; safe to use from several threads.

    ``insist`` is for a person's test: it tries although the org needs a reconnection
    or a cool-down runs. It never insists against the guard against copies.
    """

    def __init__(self, org: Org, *, insist: bool = False) -> None:
        self._org_pk = org.pk
        self._insist = insist
        self._session: StoredSession | None = None
        self._lock = threading.Lock()

    def current(self) -> StoredSession:
        """Give the token to use now; raise NotConnected when there is none."""
        with self._lock:
            if self._session is None:
                self._session = self._read() or renew(
                    self._org_pk, stale=None, insist=self._insist
                )
            return self._session

    def renew(self, stale: SessionLike) -> StoredSession:
        """Give another token than the stale one (see ``renewal.renew``)."""
        with self._lock:
            mine = self._session
            if mine is None or mine.access_token == stale.access_token:
                mine = renew(
                    self._org_pk, stale=stale.access_token, insist=self._insist
                )
                self._session = mine
            return mine

    def _read(self) -> StoredSession | None:
        row = load(self._org_pk)
        if row is None:
            raise NotConnected
        refuse_unless_callable(row, insist=self._insist)
        _note_use(row)
        return session_of(row)


def _note_use(row: Credential) -> None:
    """Remember that the grant is used, every ten minutes.

    Not in a caller's transaction, which would keep the row locked to its end.
    """
    if transactions.is_open():
        return
    now = timezone.now()
    if row.last_used_at is not None and row.last_used_at >= now - _NOTE_USE_EVERY:
        return
    due = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTE_USE_EVERY)
    if Credential.objects.filter(due, pk=row.pk).update(last_used_at=now):
        Org.objects.filter(pk=row.org_id).update(last_used_at=now)
