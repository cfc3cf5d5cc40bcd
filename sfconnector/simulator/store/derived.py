"""Values that follow from others: full names, stages, numbers counted up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sfconnector.simulator.schema import Row, SObjectType
from sfconnector.simulator.schema.standard.values import (
    STAGE_PROBABILITIES,
    STAGES,
    stage_forecast,
)

Changes = dict[str, Any]


def derive(one: SObjectType, row: Row, given: Changes, slot: int) -> Changes:
    """What a new or changed row must hold besides the `given` values."""
    changes: Changes = {}
    if one.field("LastName"):
        changes["Name"] = full_name(row)
    rule = _RULES.get(one.name)
    if rule is not None:
        changes |= rule(row | changes, given)
    for field in one.fields.values():
        if field.auto_number and not row.get(field.name):
            changes[field.name] = f"{slot + 1:08d}"
    return changes


def full_name(row: Row) -> str:
    """First and last name, as Name shows them."""
    parts = (row.get("FirstName"), row.get("LastName"))
    return " ".join(str(part) for part in parts if part)


def _opportunity(row: Row, given: Changes) -> Changes:
    changes: Changes = {}
    stage = row.get("StageName")
    if stage in STAGES:
        usual = STAGE_PROBABILITIES[STAGES.index(stage)]
        changes["IsClosed"] = stage.startswith("Closed")
        changes["IsWon"] = stage == "Closed Won"
        changes["ForecastCategory"] = stage_forecast(stage, usual)
        if "Probability" not in given and "StageName" in given:
            changes["Probability"] = float(usual)
    chance = changes.get("Probability", row.get("Probability"))
    if row.get("Amount") is not None and chance is not None:
        changes["ExpectedRevenue"] = round(row["Amount"] * chance / 100, 2)
    close = str(row.get("CloseDate") or "")
    if len(close) == 10:
        year, quarter = int(close[:4]), (int(close[5:7]) + 2) // 3
        changes |= {"FiscalYear": year, "FiscalQuarter": quarter}
        changes["Fiscal"] = f"{year} {quarter}"
    return changes


def _case(row: Row, given: Changes) -> Changes:
    closed = row.get("Status") == "Closed"
    changes: Changes = {"IsClosed": closed}
    if "Status" in given:
        stamp = row.get("LastModifiedDate")
        changes["ClosedDate"] = (row.get("ClosedDate") or stamp) if closed else None
    return changes


def _task(row: Row, _given: Changes) -> Changes:
    return {"IsClosed": row.get("Status") == "Completed"}


def _content_version(row: Row, _given: Changes) -> Changes:
    """A file without a title bears the name it had on the client."""
    name = str(row.get("PathOnClient") or "Untitled").replace("\\", "/").split("/")[-1]
    title, _, extension = name.rpartition(".")
    return {
        "Title": row.get("Title") or title or name,
        "FileExtension": (extension or None) if title else None,
        "IsLatest": True,
    }


_RULES: Final[dict[str, Callable[[Row, Changes], Changes]]] = {
    "Opportunity": _opportunity,
    "Case": _case,
    "Task": _task,
    "ContentVersion": _content_version,
}
