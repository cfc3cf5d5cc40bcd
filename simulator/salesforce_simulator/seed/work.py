"""Makers of cases, activities, campaigns and products."""

from __future__ import annotations

from typing import Any, Final

from salesforce_simulator.schema.standard.picklists import PICKLISTS
from salesforce_simulator.schema.standard.shown import of_contact, of_person
from salesforce_simulator.seed import texts
from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.maker import Maker
from salesforce_simulator.seed.timeline import DAY, day_text, stamp_text

_CAMPAIGNS: Final = (
    "Spring trade fair",
    "Webinar: predictive maintenance",
    "Customer day",
    "Newsletter – autumn",
    "展示会フォローアップ",
    "Partner referral programme",
    "Early-bird renewal",
    "Product launch, phase 2",
)
_PRODUCTS: Final = (
    "Pressure sensor",
    "Control unit",
    "Drive belt",
    "Maintenance contract",
    "Operator training",
    "Gateway licence",
    "Filter cartridge",
    "Commissioning",
    "Hydraulic pump",
    'Display 7" (touch)',
    "Kühlaggregat",
    "Starter kit",
)
_ROLES: Final = (
    "Decision Maker",
    "Economic Buyer",
    "Evaluator",
    "Influencer",
    "Other",
)


def case_maker(deck: Deck) -> Maker:
    """Cases, some closed, most with a contact."""
    account, contact = deck.refer("Account"), deck.refer("Contact")
    note, until = deck.note(texts.COMPANY_NOTES), deck.until

    def make(slot: int, bits: int) -> dict[str, Any]:
        status = PICKLISTS["case_statuses"][(0, 1, 1, 2, 3, 3, 3, 3)[bits & 7]]
        closed = status == "Closed"
        person = contact(bits >> 9) if bits >> 20 & 7 else None
        return of_contact(deck.row("Contact", person)) | {
            "CaseNumber": f"{slot + 1:08d}",
            "AccountId": account(bits >> 3),
            "ContactId": person,
            "Status": status,
            "IsClosed": closed,
            "ClosedDate": stamp_text(until - (bits >> 8) % (200 * DAY))
            if closed
            else None,
            "Subject": texts.CASE_SUBJECTS[(bits >> 12) % len(texts.CASE_SUBJECTS)],
            "Description": note(bits >> 16),
            "Priority": PICKLISTS["levels"][(bits >> 24) % 3],
            "Origin": PICKLISTS["case_origins"][(bits >> 27) % 3],
            "Reason": PICKLISTS["case_reasons"][(bits >> 30) % 7]
            if bits & 64
            else None,
            "Type": PICKLISTS["case_types"][(bits >> 33) % 5],
            "IsEscalated": status == "Escalated",
            "Potential_Liability__c": "Yes" if not bits >> 36 & 7 else "No",
        }

    return make


def _related(deck: Deck) -> Maker:
    """Whom and what an activity is about."""
    account, contact = deck.refer("Account"), deck.refer("Contact")
    lead, deal = deck.refer("Lead"), deck.refer("Opportunity")

    def relate(_slot: int, bits: int) -> dict[str, Any]:
        if not bits & 7:
            return {"WhoId": lead(bits >> 3)}
        account_id = account(bits >> 9)
        return {
            "WhoId": contact(bits >> 5) if bits & 8 else None,
            "WhatId": deal(bits >> 13) if bits & 16 else account_id,
            "AccountId": account_id,
        }

    return relate


def task_maker(deck: Deck) -> Maker:
    """Tasks: open ones ahead of today, done ones behind."""
    relate, today, note = _related(deck), deck.today, deck.note(texts.NEXT_STEPS)

    def make(slot: int, bits: int) -> dict[str, Any]:
        done = bits >> 28 & 3 != 0
        day = today - (bits >> 30 & 255) if done else today + (bits >> 30 & 31) - 6
        open_status = PICKLISTS["task_statuses"][(0, 0, 1, 3)[bits >> 26 & 3]]
        priority = PICKLISTS["task_priorities"][
            (1, 1, 1, 0, 1, 2, 1, 1)[bits >> 38 & 7]
        ]
        return relate(slot, bits) | {
            "Subject": texts.TASK_SUBJECTS[bits >> 41 & 7],
            "ActivityDate": day_text(day) if bits >> 44 & 7 else None,
            "Status": "Completed" if done else open_status,
            "IsClosed": done,
            "CompletedDateTime": stamp_text(day * DAY - 30_000) if done else None,
            "Priority": priority,
            "IsHighPriority": priority == "High",
            "Description": note(bits >> 20),
            "TaskSubtype": ("Task", "Call", "Email", "Task")[bits >> 47 & 3],
        }

    return make


def event_maker(deck: Deck) -> Maker:
    """Events: meetings of an hour or so, before and after today."""
    relate, today, subjects = _related(deck), deck.today, texts.EVENT_SUBJECTS

    def make(slot: int, bits: int) -> dict[str, Any]:
        day = today + (bits >> 22 & 127) - 90
        start = day * DAY + (8 + (bits >> 29) % 9) * 3600
        minutes = (30, 60, 60, 90)[bits >> 33 & 3]
        return relate(slot, bits) | {
            "Subject": subjects[(bits >> 35) % len(subjects)],
            "Location": ("Online", "Room 4.12", "Customer site", None)[bits >> 38 & 3],
            "StartDateTime": stamp_text(start),
            "ActivityDateTime": stamp_text(start),
            "EndDateTime": stamp_text(start + minutes * 60),
            "ActivityDate": day_text(day),
            "EndDate": day_text((start + minutes * 60) // DAY),
            "DurationInMinutes": minutes,
            "ShowAs": PICKLISTS["show_as"][(0, 0, 0, 2)[bits >> 40 & 3]],
        }

    return make


def campaign_maker(deck: Deck) -> Maker:
    """Campaigns, two a year of each kind."""
    today = deck.today

    def make(slot: int, bits: int) -> dict[str, Any]:
        start = today - slot * 41 % 900
        return {
            "Name": f"{_CAMPAIGNS[slot % 8]} {day_text(start)[:4]}"
            + (f" ({slot // 8 + 1})" if slot >= 8 else ""),
            "Type": PICKLISTS["campaign_types"][bits % 11],
            "Status": PICKLISTS["campaign_statuses"][bits >> 4 & 3],
            "StartDate": day_text(start),
            "EndDate": day_text(start + 14 + (bits >> 6 & 31)),
            "ExpectedRevenue": float((bits >> 11 & 127) * 5_000),
            "BudgetedCost": float((bits >> 18 & 63) * 750),
            "ActualCost": (bits >> 24 & 0xFFFFF) / 20 if bits & 256 else None,
            "ExpectedResponse": round((bits >> 30 & 63) / 4, 2),
            "NumberSent": float(bits >> 36 & 4095),
            "IsActive": bool(bits >> 4 & 1),
            "NumberOfLeads": bits >> 40 & 63,
            "NumberOfContacts": bits >> 43 & 63,
            "NumberOfConvertedLeads": bits >> 40 & 7,
            "NumberOfResponses": bits >> 43 & 31,
            "NumberOfOpportunities": 0,
            "NumberOfWonOpportunities": 0,
            "AmountAllOpportunities": 0.0,
            "AmountWonOpportunities": 0.0,
        }

    return make


def member_maker(deck: Deck) -> Maker:
    """Campaign members: leads and contacts."""
    campaign = deck.refer("Campaign")
    lead, contact = deck.refer("Lead"), deck.refer("Contact")

    def make(_slot: int, bits: int) -> dict[str, Any]:
        responded = not bits >> 30 & 3
        lead_id = lead(bits >> 16) if bits & 1 else None
        contact_id = None if bits & 1 else contact(bits >> 16)
        person = deck.row("Contact", contact_id)
        account = deck.row("Account", person.get("AccountId"))
        return of_person(person, deck.row("Lead", lead_id), account) | {
            "CampaignId": campaign(bits >> 8),
            "LeadId": lead_id,
            "ContactId": contact_id,
            "Status": "Responded" if responded else "Sent",
            "HasResponded": responded,
        }

    return make


def role_maker(deck: Deck) -> Maker:
    """Contact roles of opportunities."""
    deal, contact = deck.refer("Opportunity"), deck.refer("Contact")

    def make(_slot: int, bits: int) -> dict[str, Any]:
        return {
            "OpportunityId": deal(bits >> 8),
            "ContactId": contact(bits >> 20),
            "Role": _ROLES[bits % 5],
            "IsPrimary": bool(bits >> 5 & 1),
        }

    return make


def product_maker(deck: Deck) -> Maker:
    """Products with codes, weights and a daily cut-off time for orders."""
    home = deck.home.domain.partition("-")[0][:3].upper()

    def make(slot: int, bits: int) -> dict[str, Any]:
        series = f" {'ABCDX'[bits % 5]}{slot // 12 + 1}00" if slot >= 12 else ""
        return {
            "Name": f"{_PRODUCTS[slot % 12]}{series}",
            "ProductCode": f"{home}-{slot + 100:04d}",
            "Description": None,
            "IsActive": bool(bits >> 3 & 7),
            "Family": PICKLISTS["product_families"][bits >> 6 & 3],
            "StockKeepingUnit": f"{bits >> 8 & 0xFFFFFF:08d}",
            "QuantityUnitOfMeasure": ("Each", "Metre", "Hour", None)[bits >> 10 & 3],
            "Weight_kg__c": round((bits >> 12 & 0xFFFF) / 1000, 3),
            "Order_Cutoff__c": f"{12 + (bits >> 28 & 7):02d}:30:00.000Z",
        }

    return make


def pricebook_maker(_deck: Deck) -> Maker:
    """The standard price book, then others."""

    def make(slot: int, _bits: int) -> dict[str, Any]:
        return {
            "Name": "Standard Price Book" if not slot else f"Partners, tier {slot}",
            "IsActive": True,
            "IsStandard": not slot,
        }

    return make
