"""Cases, activities, campaigns and products."""

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
    clock_time,
    day,
    email,
    lookup,
    moment,
    money,
    number,
    percent,
    phone,
    text,
    url,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values

_SHORT: Final[dict[str, Any]] = {"length": 40, "restricted_picklist": True}
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
            lookup("ContactId", "Contact ID", "Contact", children="Cases"),
            lookup("AccountId", "Account ID", "Account", children="Cases"),
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
            lookup("WhoId", "Name ID", ("Contact", "Lead"), children=who),
            lookup("WhatId", "Related To ID", _WHAT, children=who),
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


def campaign() -> SObjectType:
    """Campaign: a marketing effort."""
    total: dict[str, Any] = {**SYSTEM}
    return SObjectType(
        name="Campaign",
        label="Campaign",
        label_plural="Campaigns",
        key_prefix="701",
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Campaign ID"),
            audit()[0],
            text("Name", "Name", 80, nillable=False, name_field=True),
            lookup(
                "ParentId", "Parent Campaign ID", "Campaign", children="ChildCampaigns"
            ),
            choice("Type", "Type", values.CAMPAIGN_TYPES, length=40),
            choice("Status", "Status", values.CAMPAIGN_STATUSES, length=40),
            day("StartDate", "Start Date"),
            day("EndDate", "End Date"),
            money("ExpectedRevenue", "Expected Revenue"),
            money("BudgetedCost", "Budgeted Cost"),
            money("ActualCost", "Actual Cost"),
            percent("ExpectedResponse", "Expected Response (%)", 10, 2),
            number("NumberSent", "Num Sent", 18, 0),
            check("IsActive", "Active"),
            area("Description", "Description", 32000),
            whole("NumberOfLeads", "Leads in Campaign", 9, **total),
            whole("NumberOfContacts", "Contacts in Campaign", 9, **total),
            money("AmountAllOpportunities", "Value Opportunities", **total),
            owner(),
            *audit()[1:],
            day("LastActivityDate", "Last Activity", **READ_ONLY),
        )
    )


def campaign_member() -> SObjectType:
    """CampaignMember: a lead or contact in a campaign."""
    return SObjectType(
        name="CampaignMember",
        label="Campaign Member",
        label_plural="Campaign Members",
        key_prefix="00v",
        undeletable=False,
        searchable=False,
        mru_enabled=False,
    ).with_fields(
        (
            record_id("Campaign Member ID"),
            audit()[0],
            lookup(
                "CampaignId",
                "Campaign ID",
                "Campaign",
                children="CampaignMembers",
                nillable=False,
                updateable=False,
            ),
            lookup("LeadId", "Lead ID", "Lead", children="CampaignMembers"),
            lookup("ContactId", "Contact ID", "Contact", children="CampaignMembers"),
            choice("Status", "Status", ("Sent", "Responded"), length=40),
            check("HasResponded", "Responded", **SYSTEM),
            *audit()[1:],
            day("FirstRespondedDate", "First Responded Date", **READ_ONLY),
        )
    )


def opportunity_contact_role() -> SObjectType:
    """OpportunityContactRole: who has a say in a sale."""
    roles = ("Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Other")
    fixed: dict[str, Any] = {"nillable": False, "updateable": False}
    return SObjectType(
        name="OpportunityContactRole",
        label="Opportunity Contact Role",
        label_plural="Opportunity Contact Roles",
        key_prefix="00K",
        mru_enabled=False,
        searchable=False,
        undeletable=False,
    ).with_fields(
        (
            record_id("Contact Role ID"),
            lookup(
                "OpportunityId",
                "Opportunity ID",
                "Opportunity",
                children="OpportunityContactRoles",
                **fixed,
            ),
            lookup(
                "ContactId",
                "Contact ID",
                "Contact",
                children="OpportunityContactRoles",
                **fixed,
            ),
            choice("Role", "Role", roles, length=40),
            check("IsPrimary", "Primary"),
            *audit()[1:],
            audit()[0],
        )
    )


def product() -> SObjectType:
    """Product2: something that is sold."""
    return SObjectType(
        name="Product2",
        label="Product",
        label_plural="Products",
        key_prefix="01t",
    ).with_fields(
        (
            record_id("Product ID"),
            text("Name", "Product Name", nillable=False, name_field=True),
            text("ProductCode", "Product Code"),
            area("Description", "Product Description", 4000),
            check("IsActive", "Active"),
            *audit()[1:],
            choice("Family", "Product Family", values.PRODUCT_FAMILIES),
            text("StockKeepingUnit", "Product SKU", 180, external_id=False),
            text("QuantityUnitOfMeasure", "Quantity Unit Of Measure", 40),
            url("DisplayUrl", "Display URL", length=1000),
            check("IsArchived", "Archived", **SYSTEM),
            audit()[0],
            number("Weight_kg__c", "Weight (kg)", 9, 3),
            clock_time("Order_Cutoff__c", "Order Cut-off Time"),
        )
    )


def pricebook() -> SObjectType:
    """Pricebook2: a list of prices."""
    return SObjectType(
        name="Pricebook2",
        label="Price Book",
        label_plural="Price Books",
        key_prefix="01s",
    ).with_fields(
        (
            record_id("Price Book ID"),
            audit()[0],
            text("Name", "Price Book Name", nillable=False, name_field=True),
            *audit()[1:],
            check("IsActive", "Active"),
            text("Description", "Description"),
            check("IsStandard", "Is Standard Price Book", **SYSTEM),
        )
    )
