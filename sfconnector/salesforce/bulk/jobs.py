"""What a Bulk job says of itself, and how often to ask it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sfconnector.exceptions import Conflict, Corrupt, InvalidRequest, Transient
from sfconnector.salesforce.answers import count_of
from sfconnector.texts import gettext_noop as _

JOB_COMPLETE = "JobComplete"
_FAILED, _ABORTED = "Failed", "Aborted"
_FINAL = frozenset({JOB_COMPLETE, _FAILED, _ABORTED})
_STATES = _FINAL | {"Open", "UploadComplete", "InProgress"}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInfo:
    """One Bulk job as it stands."""

    id: str
    state: str
    operation: str
    sobject: str
    api_version: str
    """Results must be asked for in this version, such as ``66.0``."""
    records_processed: int | None
    """None while the job does not tell."""
    records_failed: int
    error_message: str
    content_url: str
    """Where an ingest job takes its data; "" for a query."""

    @property
    def is_final(self) -> bool:
        """Whether the job will not change any more."""
        return self.state in _FINAL

    def checked(self) -> JobInfo:
        """Give the job back when it is complete or still runs; raise when it ended
        otherwise: InvalidRequest (BulkJobFailed) or Conflict (BulkJobAborted).
        """
        if self.state == _FAILED:
            reason = self.error_message or "Salesforce gave no reason."
            message = _("The Bulk job {id} failed: {reason}").format(
                id=self.id, reason=reason
            )
            raise InvalidRequest(message, code="BulkJobFailed")
        if self.state == _ABORTED:
            message = _("The Bulk job {id} was aborted.").format(id=self.id)
            raise Conflict(message, code="BulkJobAborted")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Pauses between two looks at a job: from 0.2 s, growing by half, to 10 s."""

    first_s: float = 0.2
    growth: float = 1.5
    longest_s: float = 10.0
    deadline_s: float = 4 * 3600.0
    sleep: Callable[[float], None] = time.sleep

    def looks(self, look: Callable[[], JobInfo]) -> Iterator[JobInfo]:
        """Look at a job until it is final, giving each look.

        The caller stops by leaving the loop. Raises Transient (BulkJobSlow) when the
        deadline has passed.
        """
        pause, waited = self.first_s, 0.0
        while True:
            info = look()
            yield info
            if info.is_final:
                return
            if waited >= self.deadline_s:
                message = _(
                    "The Bulk job {id} is still running; that is too long."
                ).format(id=info.id)
                raise Transient(message, code="BulkJobSlow")
            pause = min(pause, self.deadline_s - waited)
            self.sleep(pause)
            waited += pause
            pause = min(self.longest_s, pause * self.growth)


def read_job(value: Mapping[str, Any]) -> JobInfo:
    """Read a job's information, or raise Corrupt; unknown states fail closed."""
    identity, state = value.get("id"), value.get("state")
    if not isinstance(identity, str) or state not in _STATES:
        message = _("The answer is not a Bulk job: state {state!r:.40}.").format(
            state=state
        )
        raise Corrupt(message)
    return JobInfo(
        id=identity,
        state=str(state),
        operation=str(value.get("operation") or ""),
        sobject=str(value.get("object") or ""),
        api_version=_version(value.get("apiVersion")),
        records_processed=count_of(value.get("numberRecordsProcessed")),
        records_failed=count_of(value.get("numberRecordsFailed")) or 0,
        error_message=str(value.get("errorMessage") or ""),
        content_url=str(value.get("contentUrl") or ""),
    )


def _version(value: object) -> str:
    if isinstance(value, int | float) and 0 < value < 1000:
        return f"{float(value):.1f}"
    return ""
