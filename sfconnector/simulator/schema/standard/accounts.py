"""Accounts and contacts."""

from __future__ import annotations

from sfconnector.simulator.schema.fields import Field, Row
from sfconnector.simulator.schema.groups import (
    activity_dates,
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
            *activity_dates(),
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
            lookup(
                "AccountId",
                "Account ID",
                "Account",
                children="Contacts",
                child_cascades=True,
            ),
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
            *activity_dates(),
            text("EmailBouncedReason", "Email Bounced Reason", permissionable=False),
            moment("EmailBouncedDate", "Email Bounced Date", permissionable=False),
            check("IsEmailBounced", "Is Email Bounced", **SYSTEM),
            url("PhotoUrl", "Photo URL", extra_type_info="imageurl", **READ_ONLY),
            choices("Languages__c", "Languages", values.LANGUAGES),
            choice("Level__c", "Level", values.CONTACT_LEVELS),
        )
    )
