"""A store of forty accounts and contacts, its clock, and who changes rows there."""

from __future__ import annotations

import pytest

from salesforce_simulator.store import Store
from store.orgs import Clock, new_store, user_of


@pytest.fixture
def clock() -> Clock:
    """A clock that is moved by hand."""
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    """Rows that are the same in every test."""
    return new_store(clock, Account=40, Contact=40)


@pytest.fixture
def user(store: Store) -> str:
    """The id of the org's first user."""
    return user_of(store)
