"""Campaigns and their members."""

from __future__ import annotations

from typing import Any

from sfconnector.simulator.schema.groups import audit, owner, record_id
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    day,
    lookup,
    money,
    number,
    percent,
    text,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values


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
    goes: dict[str, Any] = {"child_cascades": True}
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
                child_cascades=True,
                nillable=False,
                updateable=False,
            ),
            lookup("LeadId", "Lead ID", "Lead", children="CampaignMembers", **goes),
            lookup(
                "ContactId", "Contact ID", "Contact", children="CampaignMembers", **goes
            ),
            choice("Status", "Status", ("Sent", "Responded"), length=40),
            check("HasResponded", "Responded", **SYSTEM),
            *audit()[1:],
            day("FirstRespondedDate", "First Responded Date", **READ_ONLY),
        )
    )
