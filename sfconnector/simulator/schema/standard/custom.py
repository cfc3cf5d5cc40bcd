"""Two custom objects: shipments, and the parcels they are master of."""

from __future__ import annotations

from sfconnector.simulator.schema.fields import Row
from sfconnector.simulator.schema.groups import audit, location, owner, record_id
from sfconnector.simulator.schema.kinds import (
    SYSTEM,
    check,
    choice,
    choices,
    clock_time,
    day,
    email,
    formula,
    lookup,
    master,
    moment,
    money,
    number,
    percent,
    phone,
    rich,
    secret,
    text,
    url,
)
from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import values


def total(row: Row) -> float:
    """The formula behind Shipment__c.Total__c."""
    return round(float(row["Value__c"] + row["Freight__c"]), 2)


def delivered(row: Row) -> bool:
    """The formula behind Shipment__c.Delivered__c."""
    return row.get("Delivered_At__c") is not None


def shipment() -> SObjectType:
    """Shipment__c: goods on their way, with a field of nearly every type."""
    return SObjectType(
        name="Shipment__c",
        label="Shipment",
        label_plural="Shipments",
        key_prefix="a00",
        feed_enabled=True,
    ).with_fields(
        (
            record_id("Record ID"),
            owner(queue=True),
            audit()[0],
            text(
                "Name",
                "Shipment Number",
                80,
                auto_number=True,
                name_field=True,
                id_lookup=True,
                **SYSTEM,
            ),
            *audit()[1:],
            lookup("Account__c", "Account", "Account", children="Shipments__r"),
            lookup("Contact__c", "Receiver", "Contact", children="Shipments__r"),
            text(
                "Tracking_Number__c",
                "Tracking Number",
                40,
                external_id=True,
                unique=True,
                id_lookup=True,
                case_sensitive=True,
            ),
            choice(
                "Status__c",
                "Status",
                values.SHIPMENT_STATES,
                restricted_picklist=True,
                default_value="Booked",
            ),
            choices("Handling__c", "Handling", values.HANDLING),
            money("Value__c", "Value", 16, 2),
            money("Freight__c", "Freight", 16, 2),
            percent("Insurance__c", "Insurance", 5, 2),
            number("Weight__c", "Weight (kg)", 9, 3),
            day("Pickup_Date__c", "Pickup Date"),
            clock_time("Pickup_Time__c", "Pickup Time"),
            moment("Delivered_At__c", "Delivered At"),
            check("Express__c", "Express"),
            email("Notify__c", "Notify"),
            phone("Driver_Phone__c", "Driver's Phone"),
            url("Tracking_Page__c", "Tracking Page"),
            rich("Instructions__c", "Instructions"),
            secret("Gate_Code__c", "Gate Code", 20),
            *location("Position__c", "Position"),
            formula("Total__c", "Total", money, "Value__c + Freight__c", total),
            formula(
                "Delivered__c",
                "Delivered",
                check,
                "NOT(ISBLANK(Delivered_At__c))",
                delivered,
            ),
        )
    )


def parcel() -> SObjectType:
    """Parcel__c: a detail of a shipment; it has no owner of its own."""
    return SObjectType(
        name="Parcel__c",
        label="Parcel",
        label_plural="Parcels",
        key_prefix="a01",
    ).with_fields(
        (
            record_id("Record ID"),
            audit()[0],
            text("Name", "Parcel Name", 80, name_field=True),
            *audit()[1:],
            master("Shipment__c", "Shipment", "Shipment__c", "Parcels__r"),
            lookup("Product__c", "Product", "Product2", children="Parcels__r"),
            number("Quantity__c", "Quantity", 9, 0),
            number("Weight__c", "Weight (kg)", 9, 3),
            text("Barcode__c", "Barcode", 20, external_id=True, id_lookup=True),
            text("Remark__c", "Remark"),
        )
    )
