"""How often a request is sent again, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sfconnector.exceptions import (
    Corrupt,
    InvalidRequest,
    LimitReached,
    SFConnectorError,
    Transient,
)
from sfconnector.salesforce.transport import ONCE, Request, Retry

NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
CALM = Retry(jitter=lambda: 1.0)


def pause(
    error: SFConnectorError | None, *, repeatable: bool = True, tried: int = 1
) -> float | None:
    return CALM.pause(error, repeatable=repeatable, tried=tried, now=NOW)


def test_pauses_double() -> None:
    assert [pause(Transient(), tried=n) for n in range(1, 6)] == [1, 2, 4, 8, None]


def test_pauses_are_bounded_and_jittered() -> None:
    patient = Retry(attempts=20, jitter=lambda: 0.0)
    long = patient.pause(Transient(), repeatable=True, tried=15, now=NOW)
    assert long == 30.0


def test_what_writes_is_never_repeated() -> None:
    assert pause(Transient(), repeatable=False) is None
    assert not Request(method="POST", path="/services/x").may_repeat()
    assert Request(method="get", path="/services/x").may_repeat()
    assert Request(method="POST", path="/services/x", repeatable=True).may_repeat()


@pytest.mark.parametrize("error", [None, InvalidRequest(), LimitReached()])
def test_only_what_may_heal_at_once_is_repeated(error: SFConnectorError | None) -> None:
    assert pause(error) is None
    assert pause(Corrupt()) == 1.0


def test_a_wish_of_the_server_lengthens_the_pause() -> None:
    assert pause(Transient(retry_at=NOW + timedelta(seconds=20))) == 20.0
    assert pause(Transient(retry_at=NOW - timedelta(seconds=20))) == 1.0


def test_a_wish_for_a_long_pause_ends_the_tries() -> None:
    assert pause(Transient(retry_at=NOW + timedelta(seconds=61))) is None


def test_once_means_once() -> None:
    assert ONCE.pause(Transient(), repeatable=True, tried=1, now=NOW) is None
