"""SOQL: the parser and evaluator of the simulator's queries."""

from __future__ import annotations

from sfconnector.simulator.soql.errors import QueryError
from sfconnector.simulator.soql.execution import Result, run
from sfconnector.simulator.soql.projection import Locate, Record
from sfconnector.simulator.soql.tabulation import Table, Tabulation, tabulate

__all__ = [
    "Locate",
    "QueryError",
    "Record",
    "Result",
    "Table",
    "Tabulation",
    "run",
    "tabulate",
]
