"""What is measured: the object, its fields, and the settings of a measured process."""

from __future__ import annotations

from sfconnector.sync.shape import Shape, stored_order

SOBJECT = "Account"
FIELDS = (
    "Id",
    "IsDeleted",
    "Name",
    "Type",
    "ParentId",
    "BillingStreet",
    "BillingCity",
    "BillingState",
    "BillingPostalCode",
    "BillingCountry",
    "ShippingStreet",
    "ShippingCity",
    "ShippingState",
    "ShippingPostalCode",
    "ShippingCountry",
    "Phone",
    "Fax",
    "AccountNumber",
    "Website",
    "Sic",
    "Industry",
    "AnnualRevenue",
    "NumberOfEmployees",
    "Ownership",
    "TickerSymbol",
    "Rating",
    "Site",
    "OwnerId",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "SystemModstamp",
)
BATCH = 2_000
SOQL = f"SELECT {', '.join(FIELDS)} FROM {SOBJECT}"
COMPOSED = f"SELECT {', '.join(sorted(FIELDS, key=stored_order))} FROM {SOBJECT}"
"""The query of a Bulk job, as the sync composes it."""
SHAPE = Shape(
    sobject=SOBJECT,
    fields=tuple(sorted(FIELDS, key=stored_order)),
    cursor_field="SystemModstamp",
    types=(("AnnualRevenue", "currency"), ("NumberOfEmployees", "int")),
)
ORDERED = f"{COMPOSED} ORDER BY Id"
"""The query of a full pass by REST, as the sync composes it."""
