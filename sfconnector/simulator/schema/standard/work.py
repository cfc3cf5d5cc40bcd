"""Cases, tasks and events."""

from __future__ import annotations

from typing import Any, Final

from sfconnector.simulator.schema.fields import Field
from sfconnector.simulator.schema.groups import audit, owner, record_id
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    day,
    email,
    lookup,
    moment,
    phone,
    text,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values

_SHORT: Final[dict[str, Any]] = {"length": 40, "restricted_picklist": True}
_KEEPS: Final[dict[str, Any]] = {"child_restricts": True}
_GOES: Final[dict[str, Any]] = {"child_cascades": True}
_WHAT: Final = (
    "Account",
    "Asset",
    "Campaign",
    "Case",
    "Contract",
    "Opportunity",
    "Order",
    "Product2",
    "Shipment__c",
    "Solution",
)


def case() -> SObjectType:
    """Case: a customer's question or trouble."""
    return SObjectType(
        name="Case",
        label="Case",
        label_plural="Cases",
        key_prefix="500",
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Case ID"),
            audit()[0],
            lookup("MasterRecordId", "Master Record ID", "Case", **READ_ONLY),
            text(
                "CaseNumber",
                "Case Number",
                30,
                auto_number=True,
                id_lookup=True,
                name_field=True,
                groupable=False,
                **SYSTEM,
            ),
            lookup("ContactId", "Contact ID", "Contact", children="Cases", **_KEEPS),
            lookup("AccountId", "Account ID", "Account", children="Cases", **_KEEPS),
            lookup("ParentId", "Parent Case ID", "Case", children="Cases"),
            text("SuppliedName", "Name", 80),
            email("SuppliedEmail", "Email Address"),
            text("SuppliedPhone", "Phone", 40),
            text("SuppliedCompany", "Company", 80),
            choice("Type", "Case Type", values.CASE_TYPES, length=40),
            choice(
                "Status", "Status", values.CASE_STATUSES, length=40, default_value="New"
            ),
            choice("Reason", "Case Reason", values.CASE_REASONS, length=40),
            choice("Origin", "Case Origin", values.CASE_ORIGINS, length=40),
            text("Subject", "Subject"),
            choice(
                "Priority", "Priority", values.LEVELS, length=40, default_value="Medium"
            ),
            area("Description", "Description", 32000),
            check("IsClosed", "Closed", **SYSTEM),
            moment("ClosedDate", "Closed Date", **READ_ONLY),
            check("IsEscalated", "Escalated"),
            owner(queue=True),
            *audit()[1:],
            phone("ContactPhone", "Contact Phone", **READ_ONLY),
            email("ContactEmail", "Contact Email", **READ_ONLY),
            area("Comments", "Internal Comments", 4000),
            moment("LastViewedDate", "Last Viewed Date", **READ_ONLY),
            moment("LastReferencedDate", "Last Referenced Date", **READ_ONLY),
            choice("Potential_Liability__c", "Potential Liability", ("No", "Yes")),
        )
    )


def _activity(name: str, label: str, prefix: str, subjects: tuple[str, ...],
              *fields: Field, who: str) -> SObjectType:  # fmt: skip
    return SObjectType(
        name=name, label=label, label_plural=f"{label}s", key_prefix=prefix
    ).with_fields(
        (
            record_id("Activity ID"),
            lookup("WhoId", "Name ID", ("Contact", "Lead"), children=who, **_GOES),
            lookup("WhatId", "Related To ID", _WHAT, children=who, **_GOES),
            choice("Subject", "Subject", subjects, type="combobox", name_field=True),
            *fields,
            area("Description", "Description", 32000),
            audit()[0],
            lookup("AccountId", "Account ID", "Account", **READ_ONLY),
            *audit()[1:],
            check("IsArchived", "Archived", **SYSTEM),
            check("IsReminderSet", "Reminder Set"),
            moment("ReminderDateTime", "Reminder Date/Time"),
        )
    )


def task() -> SObjectType:
    """Task: something to do, for somebody (Who) about something (What)."""
    status = {"default_value": "Not Started", "nillable": False}
    priority = {"default_value": "Normal", "nillable": False}
    return _activity(
        "Task",
        "Task",
        "00T",
        values.TASK_SUBJECTS,
        day("ActivityDate", "Due Date Only"),
        choice("Status", "Status", values.TASK_STATUSES, length=40, **status),
        choice("Priority", "Priority", values.TASK_PRIORITIES, length=40, **priority),
        check("IsHighPriority", "High Priority", **SYSTEM),
        owner(queue=True),
        check("IsClosed", "Closed", **SYSTEM),
        choice("TaskSubtype", "Task Subtype", ("Task", "Email", "Call"), **_SHORT),
        whole("CallDurationInSeconds", "Call Duration"),
        moment("CompletedDateTime", "Completed Date", **READ_ONLY),
        who="Tasks",
    )


def event() -> SObjectType:
    """Event: a meeting."""
    calendar = lookup(
        "OwnerId",
        "Assigned To ID",
        ("Calendar", "User"),
        nillable=False,
        defaulted_on_create=True,
    )
    return _activity(
        "Event",
        "Event",
        "00U",
        values.EVENT_SUBJECTS,
        text("Location", "Location"),
        check("IsAllDayEvent", "All-Day Event"),
        moment("ActivityDateTime", "Due Date Time"),
        day("ActivityDate", "Due Date Only", aggregatable=False, permissionable=False),
        whole("DurationInMinutes", "Duration", permissionable=False),
        moment("StartDateTime", "Start Date Time"),
        moment("EndDateTime", "End Date Time"),
        calendar,
        check("IsPrivate", "Private"),
        choice(
            "ShowAs", "Show Time As", values.SHOW_AS, default_value="Busy", **_SHORT
        ),
        check("IsRecurrence", "Create Recurring Series of Events", updateable=False),
        who="Events",
    )
