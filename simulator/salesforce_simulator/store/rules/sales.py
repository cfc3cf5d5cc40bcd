"""Opportunities, campaigns, prices, and what is sold at them."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from salesforce_simulator.schema import Row
from salesforce_simulator.schema.standard.picklists import (
    FORECAST_NAMES,
    STAGES,
    stage_forecast,
)
from salesforce_simulator.schema.standard.shown import of_person
from salesforce_simulator.store.rules.making import Changes, Making, Rule, copied, look

_NONE_YET: Final = (
    "NumberOfLeads NumberOfConvertedLeads NumberOfContacts NumberOfResponses"
    " NumberOfOpportunities NumberOfWonOpportunities AmountAllOpportunities"
    " AmountWonOpportunities"
)


def _opportunity(row: Row, given: Changes, change: Making) -> Changes:
    changes: Changes = {}
    stage = str(row.get("StageName"))
    if stage in STAGES:
        usual = STAGES[stage]
        forecast = stage_forecast(stage, usual)
        changes["IsClosed"] = stage.startswith("Closed")
        changes["IsWon"] = stage == "Closed Won"
        changes["ForecastCategory"] = forecast
        changes["ForecastCategoryName"] = FORECAST_NAMES[forecast]
        if "Probability" not in given and "StageName" in given:
            changes["Probability"] = float(usual)
    if "StageName" in given:
        changes["LastStageChangeDate"] = change.stamp
    chance = changes.get("Probability", row.get("Probability"))
    if row.get("Amount") is not None and chance is not None:
        changes["ExpectedRevenue"] = round(row["Amount"] * chance / 100, 2)
    close = str(row.get("CloseDate") or "")
    if len(close) == 10:
        year, quarter = int(close[:4]), (int(close[5:7]) + 2) // 3
        changes |= {"FiscalYear": year, "FiscalQuarter": quarter}
        changes["Fiscal"] = f"{year} {quarter}"
    return changes


def _price(row: Row, _given: Changes, change: Making) -> Changes:
    """A price book entry bears the name of its product."""
    return copied(look(change, "Product2", row.get("Product2Id")), "Name ProductCode")


def _line(row: Row, given: Changes, change: Making) -> Changes:
    """A product of an opportunity, a quote or an order costs what its entry says."""
    entry = look(change, "PricebookEntry", row.get("PricebookEntryId"))
    product_id = entry.get("Product2Id") or row.get("Product2Id")
    changes: Changes = {"Product2Id": product_id, "ListPrice": entry.get("UnitPrice")}
    count, price = float(row.get("Quantity") or 0), row.get("UnitPrice")
    told = given.get("TotalPrice")
    if told is not None and given.get("UnitPrice") is None and count:
        price = round(told / count, 2)
    if price is None:
        price = entry.get("UnitPrice") or 0.0
    whole = round(count * price, 2)
    less = float(row.get("Discount") or 0)
    total = round(whole * (100 - less) / 100, 2)
    return changes | {"UnitPrice": price, "Subtotal": whole, "TotalPrice": total}


def _opportunity_line(row: Row, given: Changes, change: Making) -> Changes:
    changes = _line(row, given, change)
    product = look(change, "Product2", changes["Product2Id"])
    deal = look(change, "Opportunity", row.get("OpportunityId"))
    name = f"{deal.get('Name')} {product.get('Name')}"[:376]
    return changes | {"Name": name, "ProductCode": product.get("ProductCode")}


def _order_line(row: Row, given: Changes, change: Making) -> Changes:
    changes = _line(row, given, change)
    del changes["Subtotal"]  # an order's products have none
    return changes | {"AvailableQuantity": row.get("Quantity")}


def _quote(row: Row, _given: Changes, change: Making) -> Changes:
    deal = look(change, "Opportunity", row.get("OpportunityId"))
    whole, total = row.get("Subtotal") or 0.0, row.get("TotalPrice") or 0.0
    extra = (row.get("Tax") or 0.0) + (row.get("ShippingHandling") or 0.0)
    return {
        "AccountId": deal.get("AccountId"),
        "CanCreateQuoteLineItems": row.get("Pricebook2Id") is not None,
        "LineItemCount": row.get("LineItemCount") or 0,
        "Subtotal": whole,
        "TotalPrice": total,
        "Discount": round(100 - total * 100 / whole, 2) if whole else 0.0,
        "GrandTotal": round(total + extra, 2),
    }


def _order(row: Row, _given: Changes, change: Making) -> Changes:
    changes: Changes = {"TotalAmount": row.get("TotalAmount") or 0.0}
    return changes | _status(row, change, {"Activated": "Activated"})


def _contract(row: Row, _given: Changes, change: Making) -> Changes:
    codes = {"Activated": "Activated", "In Approval Process": "InApproval"}
    start, term = row.get("StartDate"), row.get("ContractTerm")
    end = None if start is None or term is None else _end(str(start), int(term))
    return {"EndDate": end, **_status(row, change, codes)}


def _status(row: Row, change: Making, codes: Mapping[str, str]) -> Changes:
    """The category of a status; whatever has none is a draft."""
    code = codes.get(str(row.get("Status")), "Draft")
    if code != "Activated" or row.get("ActivatedDate"):
        return {"StatusCode": code}
    by = row.get("LastModifiedById")
    return {"StatusCode": code, "ActivatedDate": change.stamp, "ActivatedById": by}


def _end(start: str, months: int) -> str | None:
    """The last day of so many months that begin on a day; None past the year 9999."""
    first = date.fromisoformat(start)
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    if not 1 <= year <= 9999:
        return None
    last = min(first.day, calendar.monthrange(year, month + 1)[1])
    return (date(year, month + 1, last) - timedelta(days=1)).isoformat()


def _asset(row: Row, _given: Changes, change: Making) -> Changes:
    product = look(change, "Product2", row.get("Product2Id"))
    above = look(change, "Asset", row.get("ParentId"))
    return {
        **copied(product, "ProductCode StockKeepingUnit"),
        "RootAssetId": above.get("RootAssetId") or row["Id"],
        "AssetLevel": (above.get("AssetLevel") or 0) + 1,
    }


def _campaign(row: Row, _given: Changes, _change: Making) -> Changes:
    zero = {name: 0.0 if name.startswith("Amount") else 0 for name in _NONE_YET.split()}
    return {name: row.get(name) or none for name, none in zero.items()}


def _member(row: Row, _given: Changes, change: Making) -> Changes:
    """A member of a campaign shows who it is: a contact, else a lead."""
    lead = look(change, "Lead", row.get("LeadId"))
    contact = look(change, "Contact", row.get("ContactId"))
    account = look(change, "Account", contact.get("AccountId"))
    status = row.get("Status") or "Sent"
    responded = status == "Responded"
    day = row.get("FirstRespondedDate") or change.stamp[:10]
    return {
        **of_person(contact, lead, account),
        "Status": status,
        "HasResponded": responded,
        "FirstRespondedDate": day if responded else None,
    }


RULES: Final[Mapping[str, Rule]] = {
    "Opportunity": _opportunity,
    "PricebookEntry": _price,
    "OpportunityLineItem": _opportunity_line,
    "Quote": _quote,
    "QuoteLineItem": _line,
    "Order": _order,
    "OrderItem": _order_line,
    "Contract": _contract,
    "Asset": _asset,
    "Campaign": _campaign,
    "CampaignMember": _member,
}
