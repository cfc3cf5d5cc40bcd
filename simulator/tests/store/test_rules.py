"""What Salesforce derives for a row, and what a changed row does to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from salesforce_simulator.schema import Row
from salesforce_simulator.store import Store, StoreError
from store.orgs import Clock, new_store

Insert = Callable[..., Row]


@pytest.fixture
def insert(store: Store, user: str) -> Insert:
    """Adds a row in the first user's name."""

    def add(sobject: str, **values: Any) -> Row:
        return store.insert(sobject, values, user_id=user)

    return add


@pytest.fixture
def price(store: Store, insert: Insert) -> Row:
    """A product's entry in the standard price book: 12.50 each."""
    product = insert("Product2", Name="Pump", ProductCode="P-1")
    book = next(store.scan("Pricebook2"))
    return insert(
        "PricebookEntry",
        Product2Id=product["Id"],
        Pricebook2Id=book["Id"],
        UnitPrice=12.5,
    )


@pytest.fixture
def deal(store: Store, insert: Insert) -> Row:
    """A won opportunity of a campaign, for the first account."""
    campaign = insert("Campaign", Name="Fair")
    return insert(
        "Opportunity",
        Name="Deal",
        StageName="Closed Won",
        CloseDate="2026-05-31",
        Amount=5,
        CampaignId=campaign["Id"],
        AccountId=next(store.scan("Account"))["Id"],
    )


def seen(store: Store, sobject: str, row: Row, names: str) -> list[object]:
    now = store.get(sobject, row["Id"])
    assert now is not None
    return [now[name] for name in names.split()]


def test_a_price_bears_the_name_of_its_product(store, user, price):
    assert (price["Name"], price["ProductCode"]) == ("Pump", "P-1")
    store.update("Product2", price["Product2Id"], {"Name": "Big pump"}, user_id=user)
    assert seen(store, "PricebookEntry", price, "Name") == ["Big pump"]
    store.delete("Product2", price["Product2Id"], user_id=user)
    assert store.get("PricebookEntry", price["Id"]) is None


def test_products_of_an_opportunity_make_its_amount(store, user, insert, price, deal):
    keys = {"OpportunityId": deal["Id"], "PricebookEntryId": price["Id"]}
    line = insert("OpportunityLineItem", **keys, Quantity=4)
    assert line["Name"] == "Deal Pump"
    assert (line["UnitPrice"], line["ListPrice"], line["TotalPrice"]) == (
        12.5,
        12.5,
        50,
    )
    cheap = insert("OpportunityLineItem", **keys, Quantity=2, TotalPrice=10)
    assert cheap["UnitPrice"] == 5
    names = "Amount ExpectedRevenue TotalOpportunityQuantity HasOpportunityLineItem"
    assert seen(store, "Opportunity", deal, names) == [60, 60, 6, True]
    campaign = {"Id": deal["CampaignId"]}
    names = "NumberOfWonOpportunities AmountWonOpportunities NumberOfLeads"
    assert seen(store, "Campaign", campaign, names) == [1, 60, 0]
    for row in (line, cheap):
        store.delete("OpportunityLineItem", row["Id"], user_id=user)
    assert seen(store, "Opportunity", deal, "Amount HasOpportunityLineItem") == [
        10,
        False,
    ]


def test_a_quote_and_an_order_sum_up_their_lines(store, user, insert, price, deal):
    quote = insert("Quote", Name="q", OpportunityId=deal["Id"], Tax=1)
    assert (quote["AccountId"], quote["QuoteNumber"]) == (deal["AccountId"], "00000001")
    entry = {"PricebookEntryId": price["Id"]}
    insert(
        "QuoteLineItem", **entry, QuoteId=quote["Id"], Quantity=2, UnitPrice=10,
        Discount=50,
    )  # fmt: skip
    names = "Subtotal TotalPrice Discount GrandTotal LineItemCount"
    assert seen(store, "Quote", quote, names) == [20, 10, 50, 11, 1]
    order = insert("Order", AccountId=deal["AccountId"], EffectiveDate="2026-01-01")
    assert (order["TotalAmount"], order["StatusCode"]) == (0, "Draft")
    item = insert("OrderItem", **entry, OrderId=order["Id"], Quantity=3)
    assert seen(store, "Order", order, "TotalAmount") == [37.5]
    store.update("OrderItem", item["Id"], {"Quantity": 1}, user_id=user)
    store.update("Order", order["Id"], {"Status": "Activated"}, user_id=user)
    assert seen(store, "Order", order, "TotalAmount StatusCode ActivatedById") == [
        12.5,
        "Activated",
        user,
    ]


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        ("2026-01-31", 1, "2026-02-27"),
        ("2024-02-29", 12, "2025-02-27"),
        ("2026-03-01", 12, "2027-02-28"),
        ("2026-03-01", 999_999, None),
        ("2026-03-01", None, None),
    ],
)
def test_a_contract_ends_with_its_term(insert, deal, start, term, end):
    row = insert(
        "Contract", AccountId=deal["AccountId"], StartDate=start, ContractTerm=term
    )
    assert row["EndDate"] == end
    assert (row["StatusCode"], row["ContractNumber"]) == ("Draft", "00000001")


def test_a_member_of_a_campaign_shows_who_it_is(store, user, insert):
    campaign = insert("Campaign", Name="Fair")
    contact = next(row for row in store.scan("Contact") if row["AccountId"])
    lead = insert("Lead", LastName="Löwe", Company="Zoo", City="Ulm")
    keys = {"CampaignId": campaign["Id"]}
    one = insert("CampaignMember", **keys, ContactId=contact["Id"], Status="Responded")
    two = insert("CampaignMember", **keys, LeadId=lead["Id"])
    account = store.get("Account", contact["AccountId"])
    assert (one["Name"], one["CompanyOrAccount"], one["Type"]) == (
        contact["Name"],
        account["Name"],
        "Contact",
    )
    assert (one["HasResponded"], one["FirstRespondedDate"]) == (True, "2026-06-01")
    assert [two[n] for n in ("Name", "City", "Status")] == ["Löwe", "Ulm", "Sent"]
    names = "NumberOfLeads NumberOfContacts NumberOfResponses"
    assert seen(store, "Campaign", campaign, names) == [1, 1, 1]
    store.update("Lead", lead["Id"], {"FirstName": "Leo"}, user_id=user)
    assert seen(store, "CampaignMember", two, "Name") == ["Leo Löwe"]


def test_a_file_has_a_document_with_links(store, user, insert, deal):
    body = "YWJjCg=="
    first = insert(
        "ContentVersion",
        PathOnClient="dir/Größe.txt",
        VersionData=body,
        FirstPublishLocationId=deal["Id"],
    )
    assert [
        first[n] for n in ("Title", "FileType", "ContentSize", "VersionNumber")
    ] == [
        "Größe",
        "TEXT",
        4,
        "1",
    ]
    key = {"ContentDocumentId": first["ContentDocumentId"]}
    links = store.find("ContentDocumentLink", "ContentDocumentId", *key.values())
    shared = {(link["LinkedEntityId"], link["ShareType"]) for link in links}
    assert shared == {(user, "I"), (deal["Id"], "V")}
    second = insert("ContentVersion", **key, PathOnClient="b.csv", VersionData=body)
    document = {"Id": first["ContentDocumentId"]}
    names = "LatestPublishedVersionId Title FileExtension"
    assert seen(store, "ContentDocument", document, names) == [second["Id"], "b", "csv"]
    assert seen(store, "ContentVersion", first, "IsLatest") == [False]
    store.delete("ContentDocument", document["Id"], user_id=user)
    assert store.get("ContentVersion", second["Id"]) is None
    assert store.count("ContentDocumentLink") == 0


def test_activities_follow_from_what_they_are_about(store, user, insert, deal):
    task = insert("Task", WhatId=deal["Id"], Status="Completed", Priority="High")
    assert task["AccountId"] == deal["AccountId"]
    assert task["IsClosed"]
    assert task["IsHighPriority"]
    assert task["CompletedDateTime"] == "2026-06-01T12:00:00.000+0000"
    contact = next(row for row in store.scan("Contact") if row["AccountId"])
    event = insert(
        "Event",
        WhoId=contact["Id"],
        StartDateTime="2026-01-01T23:00:00Z",
        DurationInMinutes=90,
    )
    assert event["AccountId"] == contact["AccountId"]
    assert event["EndDateTime"] == "2026-01-02T00:30:00.000+0000"
    assert (event["ActivityDate"], event["EndDate"]) == ("2026-01-01", "2026-01-02")
    case = insert("Case", ContactId=contact["Id"])
    assert case["ContactEmail"] == contact["Email"]
    store.update("Contact", contact["Id"], {"Email": "new@example.com"}, user_id=user)
    assert seen(store, "Case", case, "ContactEmail") == ["new@example.com"]
    with pytest.raises(StoreError, match="outside of valid range"):
        insert(
            "Event", StartDateTime="9999-12-31T23:00:00Z", DurationInMinutes=99_999_999
        )


def test_other_things_are_told_by_their_own_values(insert, deal, price):
    asset = insert("Asset", Name="a", Product2Id=price["Product2Id"])
    part = insert("Asset", Name="b", ParentId=asset["Id"])
    assert (asset["RootAssetId"], asset["ProductCode"]) == (asset["Id"], "P-1")
    assert (part["RootAssetId"], part["AssetLevel"]) == (asset["Id"], 2)
    group = insert("Group", Name="Tier 1, EMEA", Type="Queue")
    assert group["DeveloperName"] == "Tier_1_EMEA"
    code = insert("ApexClass", Body="/* class No */ public class Yes {}")
    assert (code["Name"], code["LengthWithoutComments"]) == ("Yes", 20)
    topic = insert("Topic", Name="pumps")
    about = insert("TopicAssignment", TopicId=topic["Id"], EntityId=deal["Id"])
    assert (about["EntityKeyPrefix"], about["EntityType"]) == ("006", "Opportunity")
    folder = insert("Folder", Name="f", Type="Document")
    paper = insert("Document", Name="A b", FolderId=folder["Id"], Body="YWJj")
    assert [paper[n] for n in ("DeveloperName", "BodyLength", "AuthorId")] == [
        "A_b",
        3,
        paper["CreatedById"],
    ]
    assert insert("Solution", SolutionName="s", Status="Reviewed")["IsReviewed"]
    post = insert("FeedItem", ParentId=deal["Id"], Body="hi")
    assert (post["Type"], post["InsertedById"]) == ("TextPost", post["CreatedById"])


def test_totals_are_not_sought_among_very_many_rows() -> None:
    store = new_store(Clock(), Opportunity=50_001)
    user = str(next(store.scan("User"))["Id"])
    campaign = next(store.scan("Campaign"))
    values = {"StageName": "Prospecting", "CloseDate": "2026-01-01", "Name": "x"}
    values["CampaignId"] = campaign["Id"]
    store.insert("Opportunity", values, user_id=user)
    assert store.get("Campaign", campaign["Id"]) == campaign


def test_effects_of_one_commit_follow_on_each_other(store, user, price):
    with store.transaction() as change:
        campaign = change.insert("Campaign", {"Name": "Fair"}, user_id=user)
        values = {"Name": "d", "StageName": "Prospecting", "CloseDate": "2026-01-01"}
        values["CampaignId"] = campaign["Id"]
        deal = change.insert("Opportunity", values, user_id=user)
        line = {"OpportunityId": deal["Id"], "PricebookEntryId": price["Id"]}
        change.insert("OpportunityLineItem", {**line, "Quantity": 2}, user_id=user)
    assert seen(store, "Campaign", campaign, "AmountAllOpportunities") == [25]
    assert store.count("OpportunityHistory") == 2
