"""Stores for tests: a clock moved by hand, and small or large orgs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from salesforce_simulator.schema import standard_schema
from salesforce_simulator.store import Store


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_seconds(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)


def new_store(clock: Clock | None = None, *, seed: int = 7, **records: int) -> Store:
    """A store with these numbers of rows, and the usual numbers of all others."""
    clock = clock or Clock()
    return Store(standard_schema(clock=clock), seed=seed, clock=clock, records=records)


def user_of(store: Store) -> str:
    """The id of the org's first user."""
    return str(next(store.scan("User"))["Id"])
