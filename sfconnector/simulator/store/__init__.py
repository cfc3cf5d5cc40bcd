"""The rows of a simulated org."""

from __future__ import annotations

from sfconnector.simulator.schema import Row
from sfconnector.simulator.store.engine import Store
from sfconnector.simulator.store.errors import StoreError
from sfconnector.simulator.store.transaction import Transaction
from sfconnector.simulator.store.values import wire

__all__ = ["Row", "Store", "StoreError", "Transaction", "wire"]
