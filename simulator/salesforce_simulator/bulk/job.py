"""Owns a bulk job's life: its states, and when it passes from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from salesforce_simulator.bulk.asking import BulkError, Caller
from salesforce_simulator.bulk.dialect import Dialect
from salesforce_simulator.clock import wire_datetime

OPEN: Final = "Open"
UPLOADED: Final = "UploadComplete"
RUNNING: Final = "InProgress"
COMPLETE: Final = "JobComplete"
FAILED: Final = "Failed"
ABORTED: Final = "Aborted"
FINAL: Final = frozenset({COMPLETE, FAILED, ABORTED})
_WORDS: Final = {COMPLETE: "Completed", FAILED: "Failed", ABORTED: "Aborted"}


@dataclass
class Pace:
    """How long a job waits before it runs and how long it runs, in seconds."""

    queue_seconds: float = 0.2
    run_seconds: float = 0.3


class Job:
    """What query and ingest jobs have in common.

    Time passes when somebody asks: advance brings the job to the state it has at
    a moment. The work itself is done when the job is first seen running.
    """

    job_type = ""

    def __init__(
        self,
        job_id: str,
        *,
        caller: Caller,
        dialect: Dialect,
        created: datetime,
        pace: Pace,
    ) -> None:
        self.id = job_id
        self.caller = caller
        self.dialect = dialect
        self.created = created
        self.changed = created
        self.state = UPLOADED
        self.submitted = created
        self.failure = ""
        self.pace = pace
        self._work_ms = 0

    def work(self, now: datetime) -> None:
        """Do the job; set failure if it cannot be done."""

    def advance(self, now: datetime) -> None:
        """Bring the job to its state at now."""
        start = self.submitted + timedelta(seconds=self.pace.queue_seconds)
        if self.state == UPLOADED and now >= start:
            self._enter(RUNNING, start)
            if not self.failure:
                self._try_work(now)
        end = start + timedelta(seconds=self.pace.run_seconds)
        if self.state == RUNNING and now >= end:
            self._work_ms = round(self.pace.run_seconds * 1000)
            self._enter(FAILED if self.failure else COMPLETE, end)

    def _try_work(self, now: datetime) -> None:
        """Do the work; an error of ours fails this job and is told once."""
        try:
            self.work(now)
        except Exception:
            self.failure = "InternalServerError : the simulator failed to run the job"
            raise

    def abort(self, now: datetime) -> None:
        """End the job early. Raises BulkError if it has ended already."""
        self.refuse_final("Aborting")
        self._enter(ABORTED, now)

    def refuse_final(self, verb: str) -> None:
        """Raise BulkError if the job has ended; verb says what was asked."""
        if self.state in FINAL:
            raise BulkError(
                400,
                "INVALIDJOBSTATE",
                f"{verb} already {_WORDS[self.state]} Job not allowed",
            )

    def _enter(self, state: str, moment: datetime) -> None:
        self.state = state
        self.changed = max(moment, self.changed)

    def heading(self, **extra: Any) -> dict[str, Any]:
        """Return the keys every description of the job begins with."""
        info: dict[str, Any] = {
            "id": self.id,
            **self.subject(),
            "createdById": self.caller.user_id,
            "createdDate": wire_datetime(self.created.replace(microsecond=0)),
            "systemModstamp": wire_datetime(self.changed.replace(microsecond=0)),
            "state": self.state,
        }
        info.update(extra)
        info["concurrencyMode"] = "Parallel"
        info["contentType"] = "CSV"
        info["apiVersion"] = self.caller.release
        return info

    def subject(self) -> dict[str, Any]:
        """Return the operation and the object."""
        return {}

    def format(self) -> dict[str, str]:
        """Return the keys that tell the job's CSV dialect."""
        return {
            "lineEnding": self.dialect.line_name,
            "columnDelimiter": self.dialect.delimiter_name,
        }

    def listed(self) -> dict[str, Any]:
        """Return the job as a list of jobs shows it."""
        return {**self.heading(), "jobType": self.job_type, **self.format()}
