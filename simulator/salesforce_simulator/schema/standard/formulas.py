"""The formulas of the seeded calculated fields, by their names in ``data/objects``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from salesforce_simulator.schema.fields import Row


def revenue_per_employee(row: Row) -> float:
    """Account.Revenue_per_Employee__c."""
    return round(float(row["AnnualRevenue"] / row["NumberOfEmployees"]), 2)


def weighted_amount(row: Row) -> float:
    """Opportunity.Weighted_Amount__c."""
    return round(float(row["Amount"] * row["Probability"] / 100), 2)


def total(row: Row) -> float:
    """Shipment__c.Total__c."""
    return round(float(row["Value__c"] + row["Freight__c"]), 2)


def delivered(row: Row) -> bool:
    """Shipment__c.Delivered__c."""
    return row.get("Delivered_At__c") is not None


FORMULAS: Final[dict[str, Callable[[Row], object]]] = {
    formula.__name__: formula
    for formula in (revenue_per_employee, weighted_amount, total, delivered)
}
