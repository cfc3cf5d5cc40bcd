"""Write down each HTTP exchange with Salesforce as a redacted line, and prune them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from sfconnector import budget, conf, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.models import ApiCall, Org, SyncRun
from sfconnector.salesforce.types import Call

PRUNE_BATCH = 5_000
PATH_SHOWN = 2_000


class Recorder:
    """The ``on_call`` hook of a client: each call becomes a row and feeds the ledger.

    With ``buffered`` the calls wait until ``flush()``: a thread that only fetches then
    needs no database connection, and a run writes its lines in one statement.
    """

    def __init__(
        self,
        org: Org,
        *,
        purpose: str,
        by: Actor = NOBODY,
        run: SyncRun | None = None,
        buffered: bool = False,
    ) -> None:
        self.org = org
        self.purpose = purpose
        self.user_id = by.user_id
        self.run = run
        self.buffered = buffered
        self.total = 0
        """Calls seen since the beginning."""
        self._waiting: list[Call] = []

    def __call__(self, call: Call) -> None:
        """Take one call; ``list.append`` is atomic, so any thread may call this."""
        self.total += 1
        self._waiting.append(call)
        if not self.buffered:
            self.write_soon()

    def write_soon(self) -> None:
        """Write what waits; in a caller's transaction, when it is committed.

        A line locks the row of its org, and the ledger's, to the end of a transaction,
        and a renewal of tokens beside it would wait for them.
        """
        if transactions.is_open():
            transactions.on_commit(self.flush)
        else:
            self.flush()

    def flush(self) -> int:
        """Write what waits and return how many calls that were."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            rows = [self._row(call) for call in waiting]
            if len(rows) == 1:  # a statement of its own needs no transaction
                rows[0].save(force_insert=True)
            else:
                ApiCall.objects.bulk_create(rows)
            _feed_ledger(self.org, waiting)
        return len(waiting)

    def _row(self, call: Call) -> ApiCall:
        return ApiCall(
            org=self.org,
            run=self.run,
            user_id=self.user_id,
            purpose=self.purpose,
            method=call.method,
            path=call.path[:PATH_SHOWN],
            status=call.status,
            error_code=call.error_code[:80],
            duration_ms=call.duration_ms,
            request_bytes=call.request_bytes,
            response_bytes=call.response_bytes,
            request_id=call.request_id[:80],
            api_used=call.limit.used if call.limit else None,
            api_max=call.limit.maximum if call.limit else None,
            at=call.at,
        )


def recorder(
    org: Org,
    *,
    purpose: str,
    by: Actor = NOBODY,
    run: SyncRun | None = None,
    buffered: bool = False,
) -> Recorder:
    """Return the ``on_call`` hook for a client of this org."""
    return Recorder(org, purpose=purpose, by=by, run=run, buffered=buffered)


def _feed_ledger(org: Org, calls: Sequence[Call]) -> None:
    told = [call.limit for call in calls if call.limit]
    highest = max((limit.used for limit in told), default=None)
    if told:
        last = told[-1]
        budget.note(org, used=last.used, maximum=last.maximum)
    budget.count(org, calls=len(calls), highest_used=highest)


def prune(now: datetime | None = None) -> int:
    """Delete call lines older than ``calls_kept_days`` in batches; return how many."""
    horizon = (now or timezone.now()) - timedelta(days=conf.current().calls_kept_days)
    deleted = 0
    while True:
        # In the order of the index: by id, the database would at last walk through all
        # lines to learn that no old one is left.
        old = ApiCall.objects.filter(at__lt=horizon).unheld().order_by("at")
        ids = list(old.values_list("id", flat=True)[:PRUNE_BATCH])
        if not ids:
            return deleted
        deleted += ApiCall.objects.filter(id__in=ids).delete()[0]
