"""Leads, opportunities and what is sold."""

from __future__ import annotations

from typing import Any

from sfconnector.simulator.schema.fields import Row
from sfconnector.simulator.schema.groups import (
    activity_dates,
    address,
    audit,
    owner,
    person,
    record_id,
)
from sfconnector.simulator.schema.kinds import (
    READ_ONLY,
    SYSTEM,
    area,
    check,
    choice,
    clock_time,
    day,
    email,
    formula,
    lookup,
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


def lead() -> SObjectType:
    """Lead: a person who may become a customer."""
    return SObjectType(
        name="Lead",
        label="Lead",
        label_plural="Leads",
        key_prefix="00Q",
        mergeable=True,
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Lead ID"),
            audit()[0],
            lookup("MasterRecordId", "Master Record ID", "Lead", **READ_ONLY),
            *person(),
            text("Title", "Title", 128),
            text("Company", "Company", nillable=False),
            *address(),
            phone("Phone", "Phone"),
            phone("MobilePhone", "Mobile Phone"),
            phone("Fax", "Fax"),
            email("Email", "Email", id_lookup=True),
            url("Website", "Website"),
            url("PhotoUrl", "Photo URL", extra_type_info="imageurl", **READ_ONLY),
            area("Description", "Description", 32000),
            choice("LeadSource", "Lead Source", values.SOURCES),
            choice(
                "Status",
                "Status",
                values.LEAD_STATUSES,
                default_value="Open - Not Contacted",
                nillable=False,
            ),
            choice("Industry", "Industry", values.INDUSTRIES),
            choice("Rating", "Rating", values.RATINGS),
            money("AnnualRevenue", "Annual Revenue", 18, 0),
            whole("NumberOfEmployees", "Employees"),
            owner(queue=True),
            check("HasOptedOutOfEmail", "Email Opt Out"),
            check("IsConverted", "Converted", **SYSTEM),
            day("ConvertedDate", "Converted Date", **READ_ONLY),
            lookup(
                "ConvertedAccountId", "Converted Account ID", "Account", **READ_ONLY
            ),
            lookup(
                "ConvertedContactId", "Converted Contact ID", "Contact", **READ_ONLY
            ),
            lookup(
                "ConvertedOpportunityId",
                "Converted Opportunity ID",
                "Opportunity",
                **READ_ONLY,
            ),
            check("IsUnreadByOwner", "Unread By Owner", permissionable=False),
            *audit()[1:],
            *activity_dates(),
            choice("Product_Interest__c", "Product Interest", values.INTERESTS),
            whole("Score__c", "Score", 3),
        )
    )


def weighted_amount(row: Row) -> float:
    """The formula behind Opportunity.Weighted_Amount__c."""
    return round(float(row["Amount"] * row["Probability"] / 100), 2)


def opportunity() -> SObjectType:
    """Opportunity: a sale that may come."""
    return SObjectType(
        name="Opportunity",
        label="Opportunity",
        label_plural="Opportunities",
        key_prefix="006",
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Opportunity ID"),
            audit()[0],
            lookup(
                "AccountId",
                "Account ID",
                "Account",
                children="Opportunities",
                child_cascades=True,
            ),
            check("IsPrivate", "Private"),
            text("Name", "Name", 120, nillable=False, name_field=True, id_lookup=True),
            area("Description", "Description", 32000),
            choice("StageName", "Stage", values.STAGES, nillable=False),
            money("Amount", "Amount"),
            percent("Probability", "Probability (%)", 3, 0),
            money("ExpectedRevenue", "Expected Amount", **READ_ONLY),
            number("TotalOpportunityQuantity", "Quantity", 18, 2),
            day("CloseDate", "Close Date", nillable=False),
            choice("Type", "Opportunity Type", values.OPPORTUNITY_TYPES),
            text("NextStep", "Next Step"),
            choice("LeadSource", "Lead Source", values.SOURCES),
            check("IsClosed", "Closed", **SYSTEM),
            check("IsWon", "Won", **SYSTEM),
            choice(
                "ForecastCategory",
                "Forecast Category",
                values.FORECASTS,
                length=40,
                restricted_picklist=True,
                **SYSTEM,
            ),
            lookup("CampaignId", "Campaign ID", "Campaign", children="Opportunities"),
            check("HasOpportunityLineItem", "Has Line Item", **SYSTEM),
            lookup("Pricebook2Id", "Price Book ID", "Pricebook2"),
            owner(),
            *audit()[1:],
            *activity_dates(),
            whole("FiscalQuarter", "Fiscal Quarter", 9, **READ_ONLY),
            whole("FiscalYear", "Fiscal Year", 9, **READ_ONLY),
            text("Fiscal", "Fiscal Period", 6, **READ_ONLY),
            lookup(
                "ContactId",
                "Contact ID",
                "Contact",
                children="Opportunities",
                updateable=False,
                permissionable=False,
            ),
            text("Order_Number__c", "Order Number", 8),
            choice(
                "Delivery_Status__c", "Delivery/Installation Status", values.DELIVERY
            ),
            formula(
                "Weighted_Amount__c",
                "Weighted Amount",
                money,
                "Amount * Probability",
                weighted_amount,
            ),
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
                child_cascades=True,
                **fixed,
            ),
            lookup(
                "ContactId",
                "Contact ID",
                "Contact",
                children="OpportunityContactRoles",
                child_cascades=True,
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
