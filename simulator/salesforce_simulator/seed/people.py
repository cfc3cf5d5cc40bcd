"""Makers of the org's own row, its users and its custom objects."""

from __future__ import annotations

from typing import Any, Final

from salesforce_simulator.schema.standard.picklists import PICKLISTS
from salesforce_simulator.seed.companies import digits
from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.maker import Maker
from salesforce_simulator.seed.mix import salt
from salesforce_simulator.seed.persons import DEPARTMENTS
from salesforce_simulator.seed.texts import AWKWARD
from salesforce_simulator.seed.timeline import DAY, day_text, stamp_text

PROFILES: Final = (
    "System Administrator",
    "Standard User",
    "Minimum Access - Salesforce",
    "Read Only",
    "Marketing User",
    "Contract Manager",
)
ROLES: Final = (
    "CEO",
    "VP, Sales",
    "Sales Director, EMEA",
    "Sales Director, Americas",
    "Account Executive",
    "VP, Service",
    "Support Agent",
    "Marketing Team",
)
_STATES: Final = (0, 1, 2, 2, 3, 4, 4, 4, 4, 4, 4, 4, 2, 1, 0, 5)
_DEFAULTS: Final = {
    "PreferencesConsentManagementEnabled": True,
    "PreferencesLightningLoginEnabled": True,
    "DefaultAccountAccess": "Edit",
    "DefaultContactAccess": "ControlledByParent",
    "DefaultOpportunityAccess": "Edit",
    "DefaultLeadAccess": "ReadEditTransfer",
    "DefaultCaseAccess": "ReadEditTransfer",
    "DefaultCalendarAccess": "HideDetailsInsert",
    "DefaultPricebookAccess": "ReadSelect",
    "DefaultCampaignAccess": "All",
    "UiSkin": "Theme3",
    "NumKnowledgeService": 0,
    "WebToCaseDefaultOrigin": PICKLISTS["case_origins"][2],
    "MonthlyPageViewsUsed": 0,
    "MonthlyPageViewsEntitlement": 0,
}
"""What a new org is set to: preferences, and who may see what by default."""


def organization_maker(deck: Deck) -> Maker:
    """The org's own row: a company of the deck."""
    home = deck.home
    country = home.place.country
    sandbox = bool(salt(deck.seed, "sandbox") % 3 == 0)

    def make(_slot: int, bits: int) -> dict[str, Any]:
        return {
            "Name": home.name,
            "Street": home.fields["BillingStreet"],
            "City": home.place.city,
            "State": home.place.state,
            "PostalCode": home.fields["BillingPostalCode"],
            "Country": country.name,
            "Phone": home.fields["Phone"],
            "PrimaryContact": None,
            "DefaultLocaleSidKey": country.locale,
            "TimeZoneSidKey": country.zone,
            "LanguageLocaleKey": "en_US",
            "ReceivesInfoEmails": True,
            "ReceivesAdminInfoEmails": True,
            "FiscalYearStartMonth": 1,
            **_DEFAULTS,
            "OrganizationType": "Enterprise Edition",
            "InstanceName": f"{'CS' if sandbox else 'EU'}{bits % 200}",
            "IsSandbox": sandbox,
        }

    return make


def user_maker(deck: Deck) -> Maker:
    """Users: the first is an administrator."""
    home = deck.home
    country = home.place.country
    people, count = deck.people[country.culture], deck.count("User")
    profiles, roles = deck.refer("Profile"), deck.refer("UserRole")
    manager_at = deck.id_at("User")

    def make(slot: int, bits: int) -> dict[str, Any]:
        person = people[(slot * 37 + 11) & 255]
        box = person.mail if slot < 8 else f"{person.mail}{slot}"
        gone = slot > 2 and not bits >> 8 & 7
        return {
            "Username": f"{box}.{slot + 1}@{home.domain}",
            "LastName": person.last,
            "FirstName": person.first,
            "Name": f"{person.first} {person.last}",
            "CompanyName": home.name[:80],
            "Department": DEPARTMENTS[bits >> 11 & 7],
            "Title": person.title,
            "City": home.place.city,
            "Country": country.name,
            "Email": f"{box}@{home.domain}",
            "Phone": digits(country.phone, bits >> 3),
            "Alias": f"{person.mail[:5]}{slot % 1000}"[:8],
            "CommunityNickname": f"{person.mail}{slot + 1}"[:40],
            "IsActive": not gone,
            "TimeZoneSidKey": country.zone,
            "LocaleSidKey": country.locale,
            "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
            "UserRoleId": roles(slot),
            "ProfileId": profiles(0 if not slot else 1 + bits % 2),
            "UserType": PICKLISTS["user_types"][0],
            "EmployeeNumber": f"{slot + 1001}",
            "ManagerId": manager_at((slot - 1) // 4) if slot and count > 1 else None,
            "LastLoginDate": stamp_text(deck.until - (bits >> 20) % (30 * DAY)),
        }

    return make


def profile_maker(_deck: Deck) -> Maker:
    """Profiles, by the names every org has."""

    def make(slot: int, _bits: int) -> dict[str, Any]:
        again = f" {slot // len(PROFILES) + 1}" if slot >= len(PROFILES) else ""
        return {
            "Name": PROFILES[slot % len(PROFILES)] + again,
            "UserType": PICKLISTS["user_types"][0],
        }

    return make


def role_maker(deck: Deck) -> Maker:
    """Roles, each below an earlier one."""
    role_at = deck.id_at("UserRole")

    def make(slot: int, _bits: int) -> dict[str, Any]:
        name = ROLES[slot % len(ROLES)]
        again = f" {slot // len(ROLES) + 1}" if slot >= len(ROLES) else ""
        return {
            "Name": name + again,
            "DeveloperName": (name + again).replace(",", "").replace(" ", "_"),
            "ParentRoleId": role_at((slot - 1) // 3) if slot else None,
        }

    return make


def shipment_maker(deck: Deck) -> Maker:
    """Shipments to accounts, with a position somewhere on the way."""
    account, contact = deck.refer("Account"), deck.refer("Contact")
    company_of, accounts = deck.company_of(), max(deck.count("Account"), 1)
    today, until, home = deck.today, deck.until, deck.home.place

    def make(slot: int, bits: int) -> dict[str, Any]:
        place = company_of((bits >> 6) % accounts).place
        state = PICKLISTS["shipment_states"][_STATES[bits & 15]]
        way = (bits >> 40 & 255) / 256
        day = today - (bits >> 22 & 255)
        note = AWKWARD[(bits >> 33) % len(AWKWARD)] if not bits >> 30 & 7 else None
        return {
            "Name": f"SH-{slot + 1:06d}",
            "Account__c": account(bits >> 6),
            "Contact__c": contact(bits >> 14) if bits >> 20 & 3 else None,
            "Tracking_Number__c": f"TRK{slot + 1:09d}",
            "Status__c": state,
            "Handling__c": (None, "Fragile", "Fragile;Heavy", None)[bits >> 16 & 3],
            "Value__c": ((bits >> 18 & 0xFFFFF) + 500) / 100,
            "Freight__c": ((bits >> 25 & 0x3FFF) + 450) / 100,
            "Insurance__c": round((bits >> 28 & 63) / 20, 2) if bits & 16 else None,
            "Weight__c": round((bits >> 31 & 0xFFFF) / 1000, 3),
            "Pickup_Date__c": day_text(day),
            "Pickup_Time__c": f"{7 + (bits >> 36) % 10:02d}:{bits >> 38 & 3}5:00.000Z",
            "Delivered_At__c": stamp_text(until - (bits >> 9) % (90 * DAY))
            if state == "Delivered"
            else None,
            "Express__c": not bits >> 44 & 3,
            "Tracking_Page__c": f"https://track.example/TRK{slot + 1:09d}",
            "Instructions__c": f"<p>Ring twice &amp; wait.</p><p>{note}</p>"
            if note
            else None,
            "Gate_Code__c": f"{bits >> 48 & 8191:04d}" if bits & 32 else None,
            "Position__Latitude__s": _between(home.latitude, place.latitude, way),
            "Position__Longitude__s": _between(home.longitude, place.longitude, way),
        }

    return make


def _between(start: float, end: float, part: float) -> float:
    return round(start + (end - start) * part, 6)


def parcel_maker(deck: Deck) -> Maker:
    """Parcels: a few for each shipment."""
    shipment, product = deck.refer("Shipment__c"), deck.refer("Product2")

    def make(slot: int, bits: int) -> dict[str, Any]:
        return {
            "Name": f"Parcel {slot + 1}",
            "Shipment__c": shipment(slot // 2),
            "Product__c": product(bits >> 7),
            "Quantity__c": float((bits & 15) + 1),
            "Weight__c": round((bits >> 12 & 0x7FFF) / 1000, 3),
            "Barcode__c": f"{4_000_000_000_000 + slot * 7:013d}",
            "Remark__c": AWKWARD[(bits >> 24) % 16] if not bits >> 20 & 15 else None,
        }

    return make
