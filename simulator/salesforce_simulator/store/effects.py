"""What changed rows do to others: the documents of files, copied names, totals.

An effect is called once for each changed row of its object, just before the commit,
with the row before and after; None stands for a row that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from salesforce_simulator.schema import Row
from salesforce_simulator.schema.standard.shown import BY_CONTACT, PERSON, PLACE


class Acting(Protocol):
    """A transaction, as far as effects use it."""

    stamp: str
    user_id: str

    def get(self, sobject: str, record_id: str) -> Row | None:
        """A row, deleted or not."""

    def rows(self, sobject: str, field: str, value: object) -> list[Row] | None:
        """The live rows with this value; None if finding them would take too long."""

    def add(self, sobject: str, cleaned: dict[str, Any], *, user_id: str) -> Row:
        """Add a row of checked values."""

    def amend(self, sobject: str, record_id: str, values: Mapping[str, object]) -> None:
        """Change a row past rights; what follows from its values follows."""


_MOVED: Final = ("Amount", "CloseDate")
_STAGE: Final = (
    "StageName",
    "Amount",
    "CloseDate",
    "Probability",
    "ExpectedRevenue",
    "ForecastCategory",
)
"""What OpportunityHistory keeps of an opportunity at each change of it."""
Effect = Callable[[Acting, Row | None, Row | None], None]


def _product(change: Acting, before: Row | None, after: Row | None) -> None:
    """Price book entries show the name and the code of their product."""
    if after and _differs(before, after, "Name", "ProductCode"):
        copied = {name: after.get(name) for name in ("Name", "ProductCode")}
        for entry in change.rows("PricebookEntry", "Product2Id", after["Id"]) or ():
            change.amend("PricebookEntry", entry["Id"], copied)


def _contact(change: Acting, before: Row | None, after: Row | None) -> None:
    """Members of campaigns and cases show who they are about."""
    place = (f"Mailing{part}" for part in PLACE)
    if after and before and _differs(before, after, *PERSON, "AccountId", *place):
        _tell(change, "CampaignMember", "ContactId", after)
    if after and before and _differs(before, after, *BY_CONTACT.values()):
        _tell(change, "Case", "ContactId", after)


def _lead(change: Acting, before: Row | None, after: Row | None) -> None:
    """Members of campaigns show who they are."""
    if after and before and _differs(before, after, *PERSON, "Company", *PLACE):
        _tell(change, "CampaignMember", "LeadId", after)


def _tell(change: Acting, sobject: str, field: str, row: Row) -> None:
    """Derive anew what rows show of this one."""
    for other in change.rows(sobject, field, row["Id"]) or ():
        change.amend(sobject, other["Id"], {})


def _version(change: Acting, before: Row | None, after: Row | None) -> None:
    """A document shows its latest version; older versions are the latest no more."""
    if after is None or after.get("IsDeleted"):
        return
    document = str(after["ContentDocumentId"])
    if before is None:
        versions = change.rows("ContentVersion", "ContentDocumentId", document)
        for version in versions or ():
            if version["Id"] != after["Id"] and version.get("IsLatest"):
                change.amend("ContentVersion", version["Id"], {"IsLatest": False})
    shown = ("Title", "FileType", "FileExtension", "ContentSize", "Description")
    if after.get("IsLatest") and _differs(before, after, *shown):
        values: dict[str, Any] = {name: after.get(name) for name in shown}
        values["LatestPublishedVersionId"] = after["Id"]
        values["ContentModifiedDate"] = change.stamp
        change.amend("ContentDocument", document, values)


def _total(
    parent: str,
    detail: str,
    field: str,
    sums: Callable[[list[Row]], dict[str, Any]],
    summed: str,
) -> Effect:
    """Totals of the details of a record, told anew when a summed field changes."""
    watched = (field, "IsDeleted", *summed.split())

    def effect(change: Acting, before: Row | None, after: Row | None) -> None:
        if after and not _differs(before, after, *watched):
            return
        for owner in {row.get(field) for row in (before, after) if row} - {None}:
            details = change.rows(detail, field, owner)
            record = change.get(parent, str(owner))
            if details is not None and record and not record.get("IsDeleted"):
                change.amend(parent, str(owner), sums(details))

    return effect


def _opportunity(change: Acting, before: Row | None, after: Row | None) -> None:
    """Opportunities count for their campaign, and their stages are kept."""
    _DEALS(change, before, after)
    if after is None or after.get("IsDeleted") or not _differs(before, after, *_STAGE):
        return
    values = {name: after.get(name) for name in _STAGE}
    values["OpportunityId"] = after["Id"]
    for name in _MOVED:
        if before is not None and before.get(name) != after.get(name):
            values[f"Prev{name}"] = before.get(name)
    kept = change.add("OpportunityHistory", values, user_id=change.user_id)
    if before is not None:
        moved = [name for name in _MOVED if before.get(name) != after.get(name)]
        last = {f"Last{name}ChangedHistoryId": kept["Id"] for name in moved}
        change.amend("Opportunity", after["Id"], last)


def _sum(rows: list[Row], field: str) -> float:
    return round(sum(float(row.get(field) or 0) for row in rows), 2)


def _opportunity_sums(lines: list[Row]) -> dict[str, Any]:
    """With products an opportunity's amount is their sum; without, it stays."""
    if not lines:
        return {"HasOpportunityLineItem": False}
    return {
        "HasOpportunityLineItem": True,
        "Amount": _sum(lines, "TotalPrice"),
        "TotalOpportunityQuantity": _sum(lines, "Quantity"),
    }


def _quote_sums(lines: list[Row]) -> dict[str, Any]:
    sums = {name: _sum(lines, name) for name in ("Subtotal", "TotalPrice")}
    return {**sums, "LineItemCount": len(lines)}


def _order_sums(lines: list[Row]) -> dict[str, Any]:
    return {"TotalAmount": _sum(lines, "TotalPrice")}


def _member_sums(members: list[Row]) -> dict[str, Any]:
    return {
        "NumberOfLeads": sum(row.get("LeadId") is not None for row in members),
        "NumberOfContacts": sum(row.get("ContactId") is not None for row in members),
        "NumberOfResponses": sum(bool(row.get("HasResponded")) for row in members),
    }


def _deal_sums(deals: list[Row]) -> dict[str, Any]:
    won = [row for row in deals if row.get("IsWon")]
    return {
        "NumberOfOpportunities": len(deals),
        "NumberOfWonOpportunities": len(won),
        "AmountAllOpportunities": _sum(deals, "Amount"),
        "AmountWonOpportunities": _sum(won, "Amount"),
    }


def _differs(before: Row | None, after: Row, *names: str) -> bool:
    return before is None or any(before.get(n) != after.get(n) for n in names)


_DEALS: Final = _total(
    "Campaign", "Opportunity", "CampaignId", _deal_sums, "Amount IsWon"
)
EFFECTS: Final[Mapping[str, Effect]] = {
    "Product2": _product,
    "Contact": _contact,
    "Lead": _lead,
    "ContentVersion": _version,
    "OpportunityLineItem": _total(
        "Opportunity",
        "OpportunityLineItem",
        "OpportunityId",
        _opportunity_sums,
        "Quantity TotalPrice",
    ),
    "QuoteLineItem": _total(
        "Quote", "QuoteLineItem", "QuoteId", _quote_sums, "Subtotal TotalPrice"
    ),
    "OrderItem": _total("Order", "OrderItem", "OrderId", _order_sums, "TotalPrice"),
    "CampaignMember": _total(
        "Campaign", "CampaignMember", "CampaignId", _member_sums, "HasResponded"
    ),
    "Opportunity": _opportunity,
}
