"""Rows written at once: no total is lost, and the change log has no gap."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from salesforce_simulator.schema import Row
from salesforce_simulator.store import Store

THREADS, LINES = 8, 15


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads take turns as often as the interpreter allows."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hasty_threads")
def test_lines_added_and_taken_away_at_once_are_all_in_the_total(
    store: Store, user: str
) -> None:
    book = next(store.scan("Pricebook2"))["Id"]
    product = store.insert("Product2", {"Name": "Pump"}, user_id=user)["Id"]
    values = {"Product2Id": product, "Pricebook2Id": book, "UnitPrice": 10}
    price = store.insert("PricebookEntry", values, user_id=user)["Id"]
    values = {"Name": "d", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
    deal = store.insert("Opportunity", values, user_id=user)["Id"]
    keys = {"OpportunityId": deal, "PricebookEntryId": price, "Quantity": 2}

    def sell(_thread: int) -> None:
        for number in range(LINES):
            line: Row = store.insert("OpportunityLineItem", keys, user_id=user)
            if number % 3 == 0:
                store.delete("OpportunityLineItem", line["Id"], user_id=user)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(sell, range(THREADS)))
    row = store.get("Opportunity", deal)
    assert row is not None
    assert row["Amount"] == THREADS * LINES * 2 // 3 * 20
    numbers = [change.number for change in store.changes.since(0)]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, numbers[-1] + 1))
