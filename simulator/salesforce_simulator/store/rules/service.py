"""Cases, solutions, activities and feeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from salesforce_simulator.schema import Row
from salesforce_simulator.schema.standard.shown import of_contact
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.store.rules.making import Changes, Making, Rule, look
from salesforce_simulator.store.values import wire


def _case(row: Row, given: Changes, change: Making) -> Changes:
    closed = row.get("Status") == "Closed"
    contact = look(change, "Contact", row.get("ContactId"))
    changes: Changes = {**of_contact(contact), "IsClosed": closed}
    if "Status" in given:
        stamp = row.get("LastModifiedDate")
        changes["ClosedDate"] = (row.get("ClosedDate") or stamp) if closed else None
    return changes


def _task(row: Row, _given: Changes, change: Making) -> Changes:
    closed = row.get("Status") == "Completed"
    return {
        "IsClosed": closed,
        "CompletedDateTime": (row.get("CompletedDateTime") or change.stamp)
        if closed
        else None,
        "IsHighPriority": row.get("Priority") == "High",
        "TaskSubtype": row.get("TaskSubtype") or "Task",
        "AccountId": _account(row, change),
    }


def _event(row: Row, given: Changes, change: Making) -> Changes:
    """An event's end follows from its start and duration, or the other way round."""
    changes: Changes = {"AccountId": _account(row, change)}
    start = given.get("StartDateTime") or given.get("ActivityDateTime")
    start = start or row.get("StartDateTime")
    if start is None and row.get("ActivityDate") is not None:
        start = f"{row['ActivityDate']}T00:00:00.000+0000"
    if start is None:
        return changes
    end = row.get("EndDateTime")
    if end is None or given.get("DurationInMinutes") is not None:
        minutes = int(row.get("DurationInMinutes") or 0)
        end = _later(start, minutes)
    else:
        minutes = int((_moment(end) - _moment(start)).total_seconds() // 60)
    return changes | {
        "StartDateTime": start,
        "ActivityDateTime": start,
        "ActivityDate": start[:10],
        "EndDateTime": end,
        "EndDate": end[:10],
        "DurationInMinutes": minutes,
    }


def _later(start: str, minutes: int) -> str:
    try:
        return wire(_moment(start) + timedelta(minutes=minutes))
    except OverflowError:
        message = "Duration: value outside of valid range on numeric field"
        fields = ["DurationInMinutes"]
        raise StoreError("NUMBER_OUTSIDE_VALID_RANGE", message, fields) from None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text[:-5]}+00:00")


def _account(row: Row, change: Making) -> object:
    """The account an activity is about: that of its What, else that of its Who."""
    for field in ("WhatId", "WhoId"):
        one = change.schema.by_prefix(str(row.get(field) or ""))
        if one is not None and one.name == "Account":
            return row[field]
        if one is not None and one.field("AccountId"):
            found = look(change, one.name, row[field]).get("AccountId")
            if found is not None:
                return found
    return None


def _feed_item(row: Row, _given: Changes, _change: Making) -> Changes:
    return {
        "Type": row.get("Type") or ("LinkPost" if row.get("LinkUrl") else "TextPost"),
        "InsertedById": row.get("InsertedById") or row.get("CreatedById"),
        "LastModifiedDate": row.get("SystemModstamp"),
        "CommentCount": row.get("CommentCount") or 0,
        "LikeCount": row.get("LikeCount") or 0,
        "HasLink": row.get("LinkUrl") is not None,
    }


def _comment(row: Row, _given: Changes, _change: Making) -> Changes:
    return {"InsertedById": row.get("InsertedById") or row.get("CreatedById")}


def _solution(row: Row, _given: Changes, _change: Making) -> Changes:
    return {
        "IsReviewed": row.get("Status") == "Reviewed",
        "TimesUsed": row.get("TimesUsed") or 0,
    }


RULES: Final[Mapping[str, Rule]] = {
    "Case": _case,
    "Task": _task,
    "Event": _event,
    "FeedItem": _feed_item,
    "FeedComment": _comment,
    "Solution": _solution,
}
