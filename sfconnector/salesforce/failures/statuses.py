"""What an HTTP status means when the answer's code has no row in the tables."""

from __future__ import annotations

from sfconnector.exceptions import (
    Conflict,
    Forbidden,
    InvalidRequest,
    LimitReached,
    NotFound,
    SalesforceError,
    Transient,
    Unauthorized,
)

_BY_STATUS: dict[int, type[SalesforceError]] = {
    300: Conflict,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    429: LimitReached,
}
_TRANSIENT_WHEN_BARE = frozenset({406, 420})
"""Edge faults; they arrive with an empty or odd body and heal by themselves."""


def kind_of_status(status: int | None, *, code: str = "") -> type[SalesforceError]:
    """Give the class of an unknown refusal; never one that would be tried again,
    save for server errors and for what Salesforce's edge answers without a code.
    """
    if status is None:
        return InvalidRequest
    if status >= 500 or (status in _TRANSIENT_WHEN_BARE and not code):
        return Transient
    return _BY_STATUS.get(status, InvalidRequest)
