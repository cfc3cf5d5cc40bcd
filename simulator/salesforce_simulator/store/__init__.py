"""The rows of a simulated org."""

from __future__ import annotations

from salesforce_simulator.schema import Row
from salesforce_simulator.store.engine import Store
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.reading import Reading
from salesforce_simulator.store.transaction import Transaction
from salesforce_simulator.store.values import wire

__all__ = ["Reading", "Row", "Store", "StoreError", "Transaction", "wire"]
