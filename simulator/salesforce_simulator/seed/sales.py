"""Makers of accounts, contacts, leads and opportunities."""

from __future__ import annotations

from typing import Any, Final

from salesforce_simulator.schema.standard.picklists import (
    FORECAST_NAMES,
    PICKLISTS,
    STAGES,
    stage_forecast,
)
from salesforce_simulator.seed.companies import POOL
from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.maker import Maker
from salesforce_simulator.seed.persons import DEPARTMENTS
from salesforce_simulator.seed.texts import COMPANY_NOTES, DEALS, NEXT_STEPS
from salesforce_simulator.seed.timeline import day_text

_TYPES: Final = (*PICKLISTS["account_types"], None)
_RATINGS: Final = (*PICKLISTS["ratings"], None)
_LEVELS: Final = (*PICKLISTS["levels"], None)
_SERVICE: Final = (*PICKLISTS["service_levels"], None, None, None, None)
_OWNERSHIPS: Final = (*PICKLISTS["ownerships"], None, "Private", "Private", None)
_SOURCES: Final = (*PICKLISTS["sources"], None, "Web", "Web")
_EMPLOYEES: Final = (4, 12, 18, 35, 60, 95, 140, 220, 480, 900, 2_400, 11_500, 64_000)
_INTERESTS: Final = (
    None,
    "Hardware",
    "Software;Services",
    "Hardware;Services;Training",
    "Spare parts",
    None,
    "Hardware;Spare parts",
    "Software",
)
_LANGUAGES: Final = ("English", "German;English", "Japanese", "Arabic;French", None)
_SALUTATIONS: Final = ("Mr.", "Ms.", None, None, "Dr.", "Ms.", "Mr.", "Prof.")
_STAGES: Final = tuple(STAGES.items())
_STAGE_OF: Final = (*range(len(STAGES)), 8, 8, 8, 9, 9, 6)
ERP_PREFIX: Final = "ERP-"


def account_maker(deck: Deck) -> Maker:
    """Accounts: the companies of the deck, then their branches."""
    company_of, note = deck.company_of(), deck.note(COMPANY_NOTES)
    id_at = deck.id_at("Account")
    today = deck.today

    def make(slot: int, bits: int) -> dict[str, Any]:
        company = company_of(slot)
        name = company.name
        if slot >= POOL:
            name = f"{name}, {company_of(slot >> 11).place.city} {slot >> 11}"
        staff = _EMPLOYEES[bits % 13] + (bits >> 5 & 3)
        return company.fields | {
            "Name": name,
            "Type": _TYPES[bits >> 8 & 7],
            "ParentId": None if bits & 0x700 or not slot else id_at((bits >> 9) % slot),
            "AccountNumber": f"{bits & 0xFFFFF:07d}",
            "Sic": f"{bits >> 20 & 0xFFF:04d}" if bits >> 11 & 1 else None,
            "AnnualRevenue": float(staff * ((bits >> 12 & 127) + 60) * 1000)
            if bits >> 13 & 7
            else None,
            "NumberOfEmployees": staff if bits >> 16 & 15 else None,
            "Ownership": _OWNERSHIPS[bits >> 17 & 7],
            "Description": note(bits >> 20),
            "Rating": _RATINGS[bits >> 26 & 3],
            "AccountSource": _SOURCES[bits >> 28 & 7],
            "LastActivityDate": day_text(today - (bits >> 31 & 511)),
            "Customer_Priority__c": _LEVELS[bits >> 33 & 3],
            "SLA__c": _SERVICE[bits >> 35 & 7],
            "Product_Interests__c": _INTERESTS[bits >> 38 & 7],
            "ERP_Number__c": f"{ERP_PREFIX}{slot + 1:07d}",
            "Number_of_Locations__c": float((bits >> 41 & 15) + 1),
            "Discount__c": float(bits >> 45 & 7) * 2.5 if bits >> 48 & 1 else None,
            "SLA_Expiration_Date__c": day_text(today + (bits >> 49 & 511) - 128)
            if bits >> 37 & 1
            else None,
            "Tax_Number__c": f"XX{bits >> 30 & 0xFFFFFFF:09d}" if bits & 64 else None,
        }

    return make


def contact_maker(deck: Deck) -> Maker:
    """Contacts: people at the accounts, named as is usual where those sit."""
    company_of, note = deck.company_of(), deck.note(COMPANY_NOTES)
    account_at, accounts = deck.id_at("Account"), max(deck.count("Account"), 1)
    people, phones, today = deck.people, deck.phones, deck.today
    has_accounts = deck.count("Account") > 0

    def make(slot: int, bits: int) -> dict[str, Any]:
        account = (bits >> 5) % accounts
        company = company_of(account)
        country = company.place.country
        person = people[country.culture][(bits >> 24 & 255) ^ (slot & 255)]
        numbers = phones[country.name]
        box = person.mail if slot < 1000 else f"{person.mail}{slot}"
        fields = company.fields
        row: dict[str, Any] = {
            "AccountId": account_at(account) if has_accounts and bits & 31 else None,
            "LastName": person.last,
            "FirstName": person.first if bits >> 34 & 31 else None,
            "Salutation": _SALUTATIONS[bits >> 35 & 7],
            "Name": f"{person.first} {person.last}" if bits >> 34 & 31 else person.last,
            "Phone": fields["Phone"],
            "MobilePhone": numbers[bits >> 38 & 255] if bits >> 37 & 1 else None,
            "Email": f"{box}@{company.domain}" if bits >> 36 & 15 else None,
            "Title": person.title,
            "Department": DEPARTMENTS[bits >> 43 & 7],
            "LeadSource": _SOURCES[bits >> 46 & 7],
            "Birthdate": day_text((bits >> 20) % 14_000 - 3_000)
            if bits >> 45 & 1
            else None,
            "Description": note(bits >> 10),
            "HasOptedOutOfEmail": not bits >> 41 & 15,
            "DoNotCall": not bits >> 33 & 15,
            "Languages__c": _LANGUAGES[(bits >> 30) % 5],
            "Level__c": PICKLISTS["contact_levels"][(bits >> 27) % 3],
            "LastActivityDate": day_text(today - (bits >> 29 & 255)),
        }
        return row | (_mailing(fields) if bits >> 32 & 3 else {})

    return make


def _mailing(fields: dict[str, Any]) -> dict[str, Any]:
    """The billing address of an account as the mailing address of its people."""
    parts = ("Street", "City", "State", "PostalCode", "Country")
    return {f"Mailing{part}": fields[f"Billing{part}"] for part in parts}


def _fiscal(close: str) -> dict[str, Any]:
    year, quarter = int(close[:4]), (int(close[5:7]) + 2) // 3
    period = f"{year} {quarter}"
    return {"FiscalYear": year, "FiscalQuarter": quarter, "Fiscal": period}


def _forecast(stage: str, chance: float) -> dict[str, Any]:
    forecast = stage_forecast(stage, chance)
    name = FORECAST_NAMES[forecast]
    return {"ForecastCategory": forecast, "ForecastCategoryName": name}


def opportunity_maker(deck: Deck) -> Maker:
    """Opportunities of the accounts, won, lost and open."""
    company_of, note = deck.company_of(), deck.note(COMPANY_NOTES)
    account_at, accounts = deck.id_at("Account"), max(deck.count("Account"), 1)
    campaign, has_accounts = deck.refer("Campaign"), deck.count("Account") > 0
    today = deck.today

    def make(slot: int, bits: int) -> dict[str, Any]:
        account = (bits >> 7) % accounts
        index = _STAGE_OF[bits & 15]
        stage, chance = _STAGES[index]
        closed = index >= 8
        days = bits >> 24 & 511
        close = day_text(today - days if closed else today + (days >> 1) - 30)
        amount = ((bits >> 13 & 1023) + 8) * 250 + (bits >> 33 & 3) * 49.5
        known = bits >> 29 & 15 or closed
        return {
            "AccountId": account_at(account) if has_accounts else None,
            "Name": f"{company_of(account).name[:60]} – {DEALS[(bits >> 4) % 10]}",
            "Description": note(bits >> 18),
            "StageName": stage,
            "Amount": amount if known else None,
            "Probability": float(chance),
            "ExpectedRevenue": round(amount * chance / 100, 2) if known else None,
            "TotalOpportunityQuantity": float(bits >> 35 & 63) or None,
            "CloseDate": close,
            "Type": PICKLISTS["opportunity_types"][bits >> 40 & 3],
            "NextStep": None if closed else NEXT_STEPS[(bits >> 42) % 6],
            "LeadSource": _SOURCES[bits >> 44 & 7],
            "IsClosed": closed,
            "IsWon": index == 8,
            **_forecast(stage, chance),
            "CampaignId": campaign(bits >> 12) if bits >> 46 & 1 else None,
            **_fiscal(close),
            "Order_Number__c": f"{slot + 40_000:08d}" if index == 8 else None,
            "Delivery_Status__c": PICKLISTS["delivery"][(bits >> 47) % 3]
            if index == 8
            else None,
        }

    return make


def lead_maker(deck: Deck) -> Maker:
    """Leads: people of companies that are not accounts yet."""
    companies, people, phones = deck.companies, deck.people, deck.phones
    note = deck.note(COMPANY_NOTES)

    def make(slot: int, bits: int) -> dict[str, Any]:
        company = companies[(bits >> 3 & 1023) + 1024]
        country = company.place.country
        person = people[country.culture][bits >> 14 & 255]
        fields = company.fields
        return {
            "LastName": person.last,
            "FirstName": person.first,
            "Salutation": _SALUTATIONS[bits >> 35 & 7],
            "Name": f"{person.first} {person.last}",
            "Title": person.title,
            "Company": company.name,
            "Street": fields["BillingStreet"] if bits >> 26 & 1 else None,
            "City": company.place.city,
            "State": company.place.state,
            "PostalCode": fields["BillingPostalCode"] if bits >> 26 & 1 else None,
            "Country": country.name,
            "Phone": phones[country.name][bits >> 27 & 255],
            "MobilePhone": phones[country.name][bits >> 31 & 255] if bits & 1 else None,
            "Email": f"{person.mail}{slot or ''}@{company.domain}",
            "Website": fields["Website"],
            "Description": note(bits >> 12),
            "LeadSource": _SOURCES[bits >> 39 & 7],
            "Status": PICKLISTS["lead_statuses"][
                (0, 0, 1, 1, 0, 3, 1, 0)[bits >> 42 & 7]
            ],
            "Industry": company.industry,
            "Rating": _RATINGS[bits >> 45 & 3],
            "AnnualRevenue": float((bits >> 47 & 255) * 100_000) or None,
            "NumberOfEmployees": _EMPLOYEES[(bits >> 50) % 13],
            "Product_Interest__c": PICKLISTS["interests"][(bits >> 36) % 5],
            "Score__c": (bits >> 33) % 101,
            "IsUnreadByOwner": bool(bits >> 32 & 1),
        }

    return make
