"""SOQL: the parser and evaluator of the simulator's queries."""

from __future__ import annotations

from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.soql.execution import Result, run
from salesforce_simulator.soql.headings import describe
from salesforce_simulator.soql.projection import Locate, Record
from salesforce_simulator.soql.tabulation import Table, Tabulation, tabulate

__all__ = [
    "Locate",
    "QueryError",
    "Record",
    "Result",
    "Table",
    "Tabulation",
    "describe",
    "run",
    "tabulate",
]
