"""The error tree: what it looks like, what it carries, that it travels."""

from __future__ import annotations

import inspect
import pickle
from datetime import UTC, datetime

import pytest

from sfconnector import exceptions
from sfconnector.exceptions import (
    Corrupt,
    LimitReached,
    NotConnected,
    SalesforceError,
    SFConnectorError,
    Transient,
)

TREE = {
    "SFConnectorError": "Exception",
    "ConfigurationError": "SFConnectorError",
    "NotConnected": "SFConnectorError",
    "ConsentRequired": "NotConnected",
    "SecretUnreadable": "NotConnected",
    "SalesforceError": "SFConnectorError",
    "Unauthorized": "SalesforceError",
    "Forbidden": "SalesforceError",
    "NotFound": "SalesforceError",
    "InvalidRequest": "SalesforceError",
    "Conflict": "SalesforceError",
    "LimitReached": "SalesforceError",
    "Corrupt": "SalesforceError",
    "Transient": "SalesforceError",
    "HostRefused": "SFConnectorError",
    "SyncError": "SFConnectorError",
    "SyncBusy": "SyncError",
    "SyncCancelled": "SyncError",
}
CLASSES = [
    kind
    for _, kind in inspect.getmembers(exceptions, inspect.isclass)
    if issubclass(kind, Exception)
]


def test_the_tree_is_the_one_that_is_drawn() -> None:
    assert {kind.__name__: kind.__bases__[0].__name__ for kind in CLASSES} == TREE
    drawing = exceptions.__doc__ or ""
    assert [name for name in TREE if name not in drawing] == []


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_says_what_happened_and_what_to_do(
    kind: type[SFConnectorError],
) -> None:
    error = kind()
    assert str(error) == (kind.__doc__ or "").strip()
    assert str(error).endswith(".")
    assert error.remedy.endswith(".")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_survives_a_trip_through_pickle(
    kind: type[SFConnectorError],
) -> None:
    error = kind(
        "The org said no.",
        remedy="Do this.",
        status=400,
        code="INVALID_FIELD",
        request_id="r1",
    )
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is kind
    assert (str(twin), twin.remedy, twin.status, twin.code, twin.request_id) == (
        "The org said no.",
        "Do this.",
        400,
        "INVALID_FIELD",
        "r1",
    )


def test_a_limit_says_when_it_frees_also_after_pickle() -> None:
    moment = datetime(2026, 5, 6, 12, tzinfo=UTC)
    error = LimitReached(retry_at=moment, fields=("Name",))
    twin = pickle.loads(pickle.dumps(error))
    assert (twin.retry_at, twin.fields) == (moment, ("Name",))


def test_only_what_time_can_heal_is_tried_again() -> None:
    healing = {kind for kind in CLASSES if kind.retry}
    assert healing == {LimitReached, Corrupt, Transient}
    assert not SalesforceError().retry
    assert not NotConnected().retry
