"""Job: what the batches of one job have in common, and how the job is described."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from salesforce_simulator.batches.batch import (
    COMPLETE,
    FAILED,
    QUEUED,
    RUNNING,
    Batch,
)
from salesforce_simulator.batches.chunking import Chunking
from salesforce_simulator.bulk import Caller
from salesforce_simulator.clock import wire_datetime
from salesforce_simulator.schema import SObjectType

OPEN: Final = "Open"
CLOSED: Final = "Closed"
ABORTED: Final = "Aborted"


@dataclass
class Job:
    """A job: what its batches have in common."""

    id: str
    operation: str
    sobject: SObjectType
    kind: str
    caller: Caller
    created: datetime
    concurrency: str
    external_id: str | None
    chunking: Chunking | None
    state: str = OPEN
    batches: dict[str, Batch] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Whether its batches are described in JSON, whatever a request speaks.

        singer's tap sends JSON alone and reads the batches of its CSV jobs as XML.
        """
        return self.kind == "JSON"

    def info(self) -> dict[str, Any]:
        """The job as it is described."""
        batches = list(self.batches.values())
        states = [batch.state for batch in batches]
        moment = wire_datetime(self.created.replace(microsecond=0))
        times = [batch.info() for batch in batches]
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.sobject.name,
            "createdById": self.caller.user_id,
            "createdDate": moment.replace("+0000", "Z"),
            "systemModstamp": moment.replace("+0000", "Z"),
            "state": self.state,
            "externalIdFieldName": self.external_id,
            "concurrencyMode": self.concurrency,
            "contentType": self.kind,
            "numberBatchesQueued": states.count(QUEUED),
            "numberBatchesInProgress": states.count(RUNNING),
            "numberBatchesCompleted": states.count(COMPLETE),
            "numberBatchesFailed": states.count(FAILED),
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": sum(batch.processed for batch in batches),
            "numberRetries": 0,
            "apiVersion": self.caller.release,
            "numberRecordsFailed": sum(batch.failed for batch in batches),
            **{
                name: sum(one[name] for one in times)
                for name in (
                    "totalProcessingTime",
                    "apiActiveProcessingTime",
                    "apexProcessingTime",
                )
            },
        }
