"""REST refusals: an array of one object with ``message`` and ``errorCode``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.wire.messages import Response

_STATUSES = {
    "ENTITY_IS_DELETED": 404,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "INSUFFICIENT_ACCESS": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": 403,
    "REQUEST_LIMIT_EXCEEDED": 403,
}
_WITHOUT_FIELDS = frozenset({"INVALID_FIELD", "NOT_FOUND"})


class RestError(Exception):
    """A request that the REST API refuses."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields
        self.headers = headers or {}

    def body(self) -> list[dict[str, Any]]:
        """The body: an array with one error."""
        error: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            error["fields"] = list(self.fields)
        return [error]

    def response(self) -> Response:
        """The whole answer."""
        return Response(self.status, value=self.body(), headers=dict(self.headers))


def of_store(error: StoreError) -> RestError:
    """A refusal of the store, with the HTTP status that goes with its code."""
    fields = None if error.code in _WITHOUT_FIELDS else error.fields
    status = _STATUSES.get(error.code, 400)
    if error.code == "INVALID_CROSS_REFERENCE_KEY" and not error.fields:
        status = 404  # the row itself, as opposed to one that a lookup names
    return RestError(status, error.code, error.message, fields)


def of_query(error: QueryError) -> RestError:
    """A refusal of SOQL or SOSL."""
    return RestError(400, error.code, error.message)


def item_error(error: StoreError | RestError) -> dict[str, Any]:
    """An error as collections and trees list it: ``statusCode``, not ``errorCode``."""
    return {
        "statusCode": error.code,
        "message": error.message,
        "fields": list(error.fields or []),
    }


def not_found() -> RestError:
    """The address leads nowhere."""
    return RestError(404, "NOT_FOUND", "The requested resource does not exist")


def no_such_row(key: str) -> RestError:
    """No row has this id, or no external id field has this name."""
    message = f"Provided external ID field does not exist or is not accessible: {key}"
    return RestError(404, "NOT_FOUND", message)


def never_was() -> RestError:
    """No row has, or ever had, this id, which is whole and of the right object."""
    message = "invalid cross reference id"
    return RestError(404, "INVALID_CROSS_REFERENCE_KEY", message, [])


def malformed(message: str) -> RestError:
    """A body that cannot be read."""
    return RestError(400, "JSON_PARSER_ERROR", message)
