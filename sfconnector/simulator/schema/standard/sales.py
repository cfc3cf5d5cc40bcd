"""Accounts and the objects around a sale."""

from __future__ import annotations

from sfconnector.simulator.schema.fields import Field, Row
from sfconnector.simulator.schema.groups import (
    address,
    audit,
    location,
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
    choices,
    day,
    email,
    formula,
    lookup,
    moment,
    money,
    number,
    percent,
    phone,
    secret,
    text,
    url,
    whole,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values


def _activity_dates() -> tuple[Field, ...]:
    return (
        day("LastActivityDate", "Last Activity", **READ_ONLY),
        moment("LastViewedDate", "Last Viewed Date", **READ_ONLY),
        moment("LastReferencedDate", "Last Referenced Date", **READ_ONLY),
    )


def _account_custom() -> tuple[Field, ...]:
    return (
        choice("Customer_Priority__c", "Customer Priority", values.LEVELS),
        choice("SLA__c", "SLA", values.SERVICE_LEVELS),
        choices("Product_Interests__c", "Product Interests", values.INTERESTS),
        text(
            "ERP_Number__c",
            "ERP Number",
            20,
            external_id=True,
            unique=True,
            id_lookup=True,
        ),
        number("Number_of_Locations__c", "Number of Locations", 5),
        percent("Discount__c", "Discount", 5),
        day("SLA_Expiration_Date__c", "SLA Expiration Date"),
        secret("Tax_Number__c", "Tax Number", 40),
        *location("Head_Office__c", "Head Office"),
        formula(
            "Revenue_per_Employee__c",
            "Revenue per Employee",
            money,
            "AnnualRevenue / NumberOfEmployees",
            revenue_per_employee,
        ),
    )


def revenue_per_employee(row: Row) -> float:
    """The formula behind Account.Revenue_per_Employee__c."""
    return round(float(row["AnnualRevenue"] / row["NumberOfEmployees"]), 2)


def account() -> SObjectType:
    """Account: a company one does business with."""
    return SObjectType(
        name="Account",
        label="Account",
        label_plural="Accounts",
        key_prefix="001",
        mergeable=True,
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Account ID"),
            audit()[0],
            lookup("MasterRecordId", "Master Record ID", "Account", **READ_ONLY),
            text(
                "Name",
                "Account Name",
                nillable=False,
                name_field=True,
                permissionable=False,
                extra_type_info="switchablepersonname",
            ),
            choice("Type", "Account Type", values.ACCOUNT_TYPES),
            lookup(
                "ParentId", "Parent Account ID", "Account", children="ChildAccounts"
            ),
            *address("Billing", "Billing"),
            *address("Shipping", "Shipping"),
            phone("Phone", "Account Phone"),
            phone("Fax", "Account Fax"),
            text("AccountNumber", "Account Number", 40),
            url("Website", "Website"),
            url("PhotoUrl", "Photo URL", extra_type_info="imageurl", **READ_ONLY),
            text("Sic", "SIC Code", 20),
            choice("Industry", "Industry", values.INDUSTRIES),
            money("AnnualRevenue", "Annual Revenue", 18, 0),
            whole("NumberOfEmployees", "Employees"),
            choice("Ownership", "Ownership", values.OWNERSHIPS),
            text("TickerSymbol", "Ticker Symbol", 20),
            area("Description", "Account Description", 32000),
            choice("Rating", "Account Rating", values.RATINGS),
            text("Site", "Account Site", 80),
            owner(),
            *audit()[1:],
            *_activity_dates(),
            choice("AccountSource", "Account Source", values.SOURCES),
            text("SicDesc", "SIC Description", 80),
            *_account_custom(),
        )
    )


def contact() -> SObjectType:
    """Contact: a person, most often at an account."""
    return SObjectType(
        name="Contact",
        label="Contact",
        label_plural="Contacts",
        key_prefix="003",
        mergeable=True,
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Contact ID"),
            audit()[0],
            lookup("MasterRecordId", "Master Record ID", "Contact", **READ_ONLY),
            lookup("AccountId", "Account ID", "Account", children="Contacts"),
            *person(),
            *address("Other", "Other"),
            *address("Mailing", "Mailing"),
            phone("Phone", "Business Phone"),
            phone("Fax", "Business Fax"),
            phone("MobilePhone", "Mobile Phone"),
            phone("HomePhone", "Home Phone"),
            phone("OtherPhone", "Other Phone"),
            lookup("ReportsToId", "Reports To ID", "Contact", children="Reports"),
            email("Email", "Email", id_lookup=True),
            text("Title", "Title", 128),
            text("Department", "Department", 80),
            text("AssistantName", "Assistant's Name", 40),
            choice("LeadSource", "Lead Source", values.SOURCES),
            day("Birthdate", "Birthdate"),
            area("Description", "Contact Description", 32000),
            owner(),
            check("HasOptedOutOfEmail", "Email Opt Out"),
            check("DoNotCall", "Do Not Call"),
            *audit()[1:],
            *_activity_dates(),
            text("EmailBouncedReason", "Email Bounced Reason", permissionable=False),
            moment("EmailBouncedDate", "Email Bounced Date", permissionable=False),
            check("IsEmailBounced", "Is Email Bounced", **SYSTEM),
            url("PhotoUrl", "Photo URL", extra_type_info="imageurl", **READ_ONLY),
            choices("Languages__c", "Languages", values.LANGUAGES),
            choice("Level__c", "Level", values.CONTACT_LEVELS),
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
            lookup("AccountId", "Account ID", "Account", children="Opportunities"),
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
            *_activity_dates(),
            whole("FiscalQuarter", "Fiscal Quarter", 9, **READ_ONLY),
            whole("FiscalYear", "Fiscal Year", 9, **READ_ONLY),
            text("Fiscal", "Fiscal Period", 6, **READ_ONLY),
            lookup(
                "ContactId",
                "Contact ID",
                "Contact",
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
            *_activity_dates(),
            choice("Product_Interest__c", "Product Interest", values.INTERESTS),
            whole("Score__c", "Score", 3),
        )
    )
