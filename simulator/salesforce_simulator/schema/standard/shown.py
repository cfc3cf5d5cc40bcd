"""What a row shows of another: a campaign member of a person, a case of its contact."""

from __future__ import annotations

from typing import Any, Final

from salesforce_simulator.schema.fields import Row

PERSON: Final = (
    "Salutation",
    "Name",
    "FirstName",
    "LastName",
    "Title",
    "Email",
    "Phone",
    "Fax",
    "MobilePhone",
    "Description",
    "DoNotCall",
    "HasOptedOutOfEmail",
    "LeadSource",
)
"""What a campaign's member shows of a contact or lead, under the same name."""
PLACE: Final = ("Street", "City", "State", "PostalCode", "Country")
"""What it shows of the lead's address, or the contact's mailing address."""
BY_CONTACT: Final = {
    "ContactPhone": "Phone",
    "ContactMobile": "MobilePhone",
    "ContactEmail": "Email",
    "ContactFax": "Fax",
}
"""What a case shows of its contact."""


def of_person(contact: Row, lead: Row, account: Row) -> dict[str, Any]:
    """The columns of a campaign's member: of a contact and its account, else a lead."""
    who, place = (contact, "Mailing") if contact else (lead, "")
    shown = {name: who.get(name) for name in PERSON}
    shown |= {part: who.get(place + part) for part in PLACE}
    return shown | {
        "DoNotCall": bool(who.get("DoNotCall")),
        "HasOptedOutOfEmail": bool(who.get("HasOptedOutOfEmail")),
        "CompanyOrAccount": account.get("Name") if contact else lead.get("Company"),
        "Type": "Contact" if contact else "Lead",
        "LeadOrContactId": who.get("Id"),
        "LeadOrContactOwnerId": who.get("OwnerId"),
    }


def of_contact(contact: Row) -> dict[str, Any]:
    """The columns of a case that show its contact."""
    return {name: contact.get(own) for name, own in BY_CONTACT.items()}
