"""AsyncError: how Bulk API 1.0 says no."""

from __future__ import annotations

from salesforce_simulator.bulk import BulkError

_CODES = {
    "INVALIDENTITY": "InvalidEntity",
    "INVALIDJOB": "InvalidJob",
    "INVALIDJOBSTATE": "InvalidJobState",
}


class AsyncError(Exception):
    """A request that is refused: an ``exceptionCode`` and its message."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status

    def told(self) -> dict[str, str]:
        """The body, before it is JSON or XML."""
        return {"exceptionCode": self.code, "exceptionMessage": self.message}


def of_bulk(error: BulkError) -> AsyncError:
    """A refusal that both generations of the API share."""
    message = error.message.partition(" : ")[2] or error.message
    return AsyncError(_CODES.get(error.code, "InvalidJob"), message)
