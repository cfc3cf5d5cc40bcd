"""One claimed run at work: what it needs, and how it commits a batch."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.utils import timezone

from sfconnector import budget, records, signals, transactions
from sfconnector.calls import Recorder
from sfconnector.exceptions import Corrupt, SFConnectorError, SyncCancelled
from sfconnector.models import Org, Record, RunLogLine, SyncPlan, SyncRun
from sfconnector.records import Applied, Row, Span, Target
from sfconnector.records.writers import alias
from sfconnector.salesforce.client import Client
from sfconnector.sync import stopping
from sfconnector.sync.interrupts import LeaseLost, Parked, Stopped
from sfconnector.sync.lease import Lease
from sfconnector.sync.plan import Shape
from sfconnector.sync.progress import rows_behind, rows_behind_of

logger = logging.getLogger(__name__)

MOST_WARNINGS = 50


@dataclasses.dataclass(slots=True)
class Work:
    """What the parts of a run share."""

    run: SyncRun
    lease: Lease
    client: Client
    recorder: Recorder
    shape: Shape
    calls_before: int = 0
    seen: set[str] = dataclasses.field(default_factory=set)
    """Ids that this worker read, kept for plans with a filter only."""
    _unsaid: list[str] = dataclasses.field(default_factory=list)
    """Warnings of other threads; they reach the run's row with the next batch."""

    @property
    def plan(self) -> SyncPlan:
        """Return the plan that is executed."""
        return self.run.plan

    @property
    def org(self) -> Org:
        """Return the org that is read."""
        return self.run.org

    @property
    def target(self) -> Target:
        """Return whose records are written."""
        return Target(self.run.org_id, self.shape.sobject)

    @property
    def checkpoint(self) -> dict[str, Any]:
        """Return how far the run has come, as last committed."""
        return dict(self.run.checkpoint)

    def note_seen(self, rows: Iterable[Row]) -> None:
        """Remember the ids of rows that fit the plan's filter."""
        if self.shape.where:
            self.seen.update(row.record_id for row in rows)

    def announce_deleted(self, ids: Sequence[str]) -> None:
        """Tell the host of records that are no longer live."""
        if ids:
            self._announce(Applied(deleted=list(ids)))

    def warn(self, text: str) -> None:
        """Remember a warning; callable from any thread."""
        self._unsaid.append(text)

    def commit(
        self,
        rows: Sequence[Row],
        *,
        checkpoint: dict[str, Any],
        spans: Iterable[Span] | None = None,
        fetched: int | None = None,
        also: Callable[[Applied], None] | None = None,
        **values: Any,
    ) -> Applied:
        """Write a batch and its checkpoint in one transaction, then look around.

        Raises LeaseLost when another worker has the run, SyncCancelled, Stopped or
        Parked when it should not go on; what was committed stays.
        """
        with self.transaction():
            applied = self._apply(rows, spans, filling=bool(checkpoint.get("filling")))
            if also is not None:
                also(applied)
            seen = len(rows) if fetched is None else fetched
            sums = self._sums(applied, seen) | self._attempts(checkpoint, seen)
            self.write(checkpoint=checkpoint, **sums, **values)
        self._announce(applied)
        self.look_around()
        return applied

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction; when it fails, the run in memory is as it was before."""
        before = dict(self.run.__dict__)
        try:
            with transactions.short(using=alias(), run_id=self.run.pk):
                yield
        except BaseException:
            self.run.__dict__.update(before)
            raise

    def _apply(
        self, rows: Sequence[Row], spans: Iterable[Span] | None, *, filling: bool
    ) -> Applied:
        if filling:
            return records.fill(self.target, rows)
        history = self.plan.history_days > 0
        return records.apply(self.target, rows, spans=spans, keep_history=history)

    def _sums(self, applied: Applied, fetched: int) -> dict[str, int]:
        run = self.run
        return {
            "fetched": run.fetched + fetched,
            "created": run.created + len(applied.created),
            "updated": run.updated + len(applied.updated),
            "deleted": run.deleted + len(applied.deleted),
            "unchanged": run.unchanged + fetched - applied.written,
        }

    def _attempts(self, checkpoint: dict[str, Any], fetched: int) -> dict[str, int]:
        """Forget the workers that were lost before the run came further."""
        run = self.run
        behind = rows_behind_of(checkpoint, fetched=run.fetched + fetched)
        return {"attempts": 1} if behind > rows_behind(run) else {}

    def write(self, **values: Any) -> None:
        """Write columns of the run with the lease and what waits to be written.

        Raises LeaseLost when another worker has taken the run over.
        """
        self.recorder.flush()
        api_calls = self.calls_before + self.recorder.total
        if unsaid := self._take_unsaid():
            values["warnings"] = [*self.run.warnings, *unsaid][:MOST_WARNINGS]
        if not self.run.write(**values, **self.lease.values(), api_calls=api_calls):
            raise LeaseLost

    def _take_unsaid(self) -> list[str]:
        unsaid, self._unsaid = self._unsaid, []
        taken = [t for t in dict.fromkeys(unsaid) if t not in self.run.warnings]
        for text in taken[:MOST_WARNINGS]:
            RunLogLine.objects.create(run=self.run, level="warning", text=text)
        return taken

    def log(self, text: str, *, level: str = "info") -> None:
        """Say a sentence in the run's log."""
        RunLogLine.objects.create(run=self.run, level=level, text=text)

    def _announce(self, applied: Applied) -> None:
        if applied.written:
            signals.records_changed.send_robust(
                Record,
                org=self.org,
                sobject=self.shape.sobject,
                created=applied.created,
                updated=applied.updated,
                deleted=applied.deleted,
                changed_fields=applied.changed_fields,
            )

    def look_around(self) -> None:
        """Raise what speaks against going on with the next batch."""
        mine = SyncRun.objects.filter(
            pk=self.run.pk, fence=self.run.fence, state=SyncRun.State.RUNNING
        )
        now = mine.values("cancel_requested_at", "org__deletion_requested_at").first()
        if now is None or self.lease.is_lost:
            raise LeaseLost
        if any(now.values()):
            raise SyncCancelled
        if stopping.is_stopping():
            raise Stopped
        check_budget(self.run)


def log_start_of(run: SyncRun, error: SFConnectorError) -> None:
    """Say in the run's log how a corrupt answer began; it tells who spoilt it."""
    if isinstance(error, Corrupt) and error.excerpt:
        text = f"The answer began: {error.excerpt}"
        RunLogLine.objects.create(run=run, level="warning", text=text)


def check_budget(run: SyncRun) -> None:
    """Raise Parked when background work has spent its share of the org's calls."""
    allowance = budget.allowance(run.org, run=run)
    if allowance.is_spent:
        until = allowance.frees_at or timezone.now() + budget.PARK_FOR
        raise Parked(allowance.reason, until=until)
