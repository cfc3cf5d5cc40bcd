"""One claimed run at work: what it needs, and how it commits a batch."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sfconnector import (
    budget,
    clock,
    hooks,
    orgs,
    records,
    signals,
    stopping,
    tracing,
    transactions,
)
from sfconnector.calls import Recorder
from sfconnector.exceptions import (
    Corrupt,
    NotConnected,
    SFConnectorError,
    SyncCancelled,
)
from sfconnector.models import Org, Record, RunLogLine, SyncPlan, SyncRun
from sfconnector.records import Applied, Row, Span, Target
from sfconnector.salesforce.client import Client
from sfconnector.sync.shape import Shape
from sfconnector.sync.work import checkpoints
from sfconnector.sync.work.checkpoints import Checkpoint
from sfconnector.sync.work.distinct import Distinct
from sfconnector.sync.work.interrupts import LeaseLost, Parked, Stopped
from sfconnector.sync.work.lease import Lease
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)

MOST_WARNINGS = 50
Place = TypeVar("Place", bound=Checkpoint)


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
    distinct: Distinct = dataclasses.field(default_factory=Distinct)
    """Those of a Bulk job's pages, which come in no order."""
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
    def checkpoint(self) -> Checkpoint:
        """Return how far the run has come, as last committed."""
        return checkpoints.from_json(self.run.checkpoint)

    def at(self, kind: type[Place]) -> Place:
        """Return the same to a walk, which knows of which kind its places are."""
        checkpoint = self.checkpoint
        if not isinstance(checkpoint, kind):
            raise TypeError(f"{kind.__name__} cannot go on from {checkpoint}")
        return checkpoint

    def note_seen(self, rows: Iterable[Row]) -> None:
        """Remember the ids of rows that fit the plan's filter."""
        if self.shape.where:
            self.seen.update(row.record_id for row in rows)

    def note_deleted(self, ids: Sequence[str]) -> Callable[[], None]:
        """Note in a transaction which records are no longer live.

        Returns what tells the host of them, to be called after the commit.
        """
        applied = Applied(deleted=list(ids))
        waiting = self._remember(applied)
        return lambda: self._announce(applied, waiting)

    def warn(self, text: str) -> None:
        """Remember a warning; callable from any thread."""
        self._unsaid.append(text)

    def commit(
        self,
        rows: Sequence[Row],
        *,
        checkpoint: Checkpoint,
        spans: Iterable[Span] | None = None,
        fetched: int | None = None,
        cleaned: Iterable[Mapping[str, Sequence[str]]] = (),
        also: Callable[[Applied], Checkpoint | None] | None = None,
        **values: Any,
    ) -> Applied:
        """Write a batch and its checkpoint in one transaction, then look around.

        ``cleaned`` names by field the records that held what no database stores.
        ``also`` is done in the transaction, and may know the checkpoint better.

        Raises LeaseLost when another worker has the run, SyncCancelled, Stopped or
        Parked when it should not go on; what was committed stays.
        """
        named: dict[str, Any] = {"object": self.shape.sobject, "rows": len(rows)}
        with tracing.span("commit", **named), self.transaction():
            applied = self._apply(rows, spans, filling=checkpoint.filling)
            if also is not None:
                checkpoint = also(applied) or checkpoint
            checkpoint = checkpoint.with_cleaned(cleaned)
            seen = len(rows) if fetched is None else fetched
            sums = self._sums(applied, seen) | self._attempts(checkpoint, seen)
            self.write(checkpoint=checkpoint, **sums, **values)
            waiting = self._remember(applied)
        self._announce(applied, waiting)
        orgs.answered(self.org)
        self.look_around()
        return applied

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction; when it fails, the run in memory is as it was before."""
        before = dict(self.run.__dict__)
        try:
            with transactions.short(run_id=self.run.pk):
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
        fetched += run.fetched
        written = {
            "created": run.created + len(applied.created),
            "updated": run.updated + len(applied.updated),
            "deleted": run.deleted + len(applied.deleted),
        }
        # Of rows that are read once more, what was written before is written still.
        unchanged = max(fetched - sum(written.values()), 0)
        return {**written, "fetched": fetched, "unchanged": unchanged}

    def _attempts(self, checkpoint: Checkpoint, fetched: int) -> dict[str, int]:
        """Forget the workers that were lost before the run came further."""
        behind = checkpoint.rows_behind(self.run.fetched + fetched)
        return {"attempts": 1} if behind > self.rows_behind else {}

    @property
    def rows_behind(self) -> int:
        """Return how many rows the run will never read again, whoever works on it."""
        return self.checkpoint.rows_behind(self.run.fetched)

    def start_over(self, checkpoint: Checkpoint, **values: Any) -> None:
        """Go back to the first row; counts of what is read start anew."""
        self.write(checkpoint=checkpoint, fetched=0, unchanged=0, **values)

    def write(self, *, checkpoint: Checkpoint | None = None, **values: Any) -> None:
        """Write columns of the run with the lease and what waits to be written.

        Raises LeaseLost when another worker has taken the run over.
        """
        if checkpoint is not None:
            values["checkpoint"] = checkpoint.as_json()
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

    def note_cleaned(self) -> None:
        """Say once for each field how many records held what no database stores."""
        notes = [
            f"{field}: characters that no database stores were taken out of "
            f"{count:,} records."
            for field, count in sorted(self.checkpoint.cleaned.items())
        ]
        if notes:
            self.write(warnings=[*self.run.warnings, *notes][:MOST_WARNINGS])
        for text in notes[:MOST_WARNINGS]:
            self.log(text, level="warning")

    def log(self, text: str, *, level: str = "info") -> None:
        """Say a sentence in the run's log."""
        RunLogLine.objects.create(run=self.run, level=level, text=text)

    def _remember(self, applied: Applied) -> list[int]:
        """Write down for the host's receivers what they must not miss."""
        return hooks.remember(self.org, **self._told(applied))

    def _told(self, applied: Applied) -> dict[str, Any]:
        return {
            "sobject": self.shape.sobject,
            # A host that hears of a new record takes it for one that lives.
            "created": [key for key in applied.created if key not in applied.in_bin],
            "updated": applied.updated,
            "deleted": applied.deleted,
            "changed_fields": applied.changed_fields,
        }

    def _announce(self, applied: Applied, waiting: Sequence[int]) -> None:
        told = self._told(applied)
        if told["created"] or told["updated"] or told["deleted"]:
            signals.records_changed.send_robust(Record, org=self.org, **told)
        if waiting:
            hooks.deliver(waiting)

    def look_around(self) -> None:
        """Raise what speaks against going on with the next batch."""
        look_around(self.run, self.lease)


def look_around(run: SyncRun, lease: Lease) -> None:
    """Raise what speaks against going on with a run.

    LeaseLost when another worker has it; SyncCancelled, NotConnected, Stopped, Parked.
    """
    mine = SyncRun.objects.filter(
        pk=run.pk, fence=run.fence, state=SyncRun.State.RUNNING
    )
    now = mine.values_list(
        "cancel_requested_at", "org__deletion_requested_at", "org__status"
    ).first()
    if now is None or lease.is_lost:
        raise LeaseLost
    cancelled_at, removed_at, status = now
    if cancelled_at or removed_at:
        raise SyncCancelled
    if status in (Org.Status.DISCONNECTED, Org.Status.DETACHED):
        raise NotConnected(_("The org was disconnected while it was read."))
    if stopping.is_stopping():
        raise Stopped
    check_budget(run)


def log_start_of(run: SyncRun, error: SFConnectorError) -> None:
    """Say in the run's log how a corrupt answer began; it tells who spoilt it."""
    if isinstance(error, Corrupt) and error.excerpt:
        text = f"The answer began: {error.excerpt}"
        RunLogLine.objects.create(run=run, level="warning", text=text)


def check_budget(run: SyncRun) -> None:
    """Raise Parked when background work has spent its share of the org's calls."""
    allowance = budget.allowance(run.org, run=run)
    if allowance.is_spent:
        until = allowance.frees_at or clock.now() + budget.PARK_FOR
        raise Parked(allowance.reason, until=until)
