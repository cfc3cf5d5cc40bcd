"""The picklists of the standard objects."""

from __future__ import annotations

from typing import Final

ACCOUNT_TYPES: Final = (
    "Prospect",
    "Customer - Direct",
    "Customer - Channel",
    "Channel Partner / Reseller",
    "Installation Partner",
    "Technology Partner",
    "Other",
)
INDUSTRIES: Final = (
    "Agriculture",
    "Apparel",
    "Banking",
    "Biotechnology",
    "Chemicals",
    "Communications",
    "Construction",
    "Consulting",
    "Education",
    "Electronics",
    "Energy",
    "Engineering",
    "Entertainment",
    "Environmental",
    "Finance",
    "Food & Beverage",
    "Government",
    "Healthcare",
    "Hospitality",
    "Insurance",
    "Machinery",
    "Manufacturing",
    "Media",
    "Not For Profit",
    "Recreation",
    "Retail",
    "Shipping",
    "Technology",
    "Telecommunications",
    "Transportation",
    "Utilities",
    "Other",
)
OWNERSHIPS: Final = ("Public", "Private", "Subsidiary", "Other")
RATINGS: Final = ("Hot", "Warm", "Cold")
LANGUAGE_CODES: Final = ("de", "en_US", "es", "fr", "it", "ja", "ko", "pt_BR", "zh_CN")
LEVELS: Final = ("High", "Medium", "Low")
SERVICE_LEVELS: Final = ("Gold", "Silver", "Platinum", "Bronze")
INTERESTS: Final = ("Hardware", "Software", "Services", "Training", "Spare parts")
SOURCES: Final = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
LANGUAGES: Final = (
    "English",
    "German",
    "French",
    "Spanish",
    "Japanese",
    "Arabic",
    "Hindi",
    "Portuguese",
)
CONTACT_LEVELS: Final = ("Primary", "Secondary", "Tertiary")
STAGES: Final = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
STAGE_PROBABILITIES: Final = (10, 10, 20, 50, 60, 70, 75, 90, 100, 0)
FORECASTS: Final = (
    "Omitted",
    "Pipeline",
    "BestCase",
    "MostLikely",
    "Forecast",
    "Closed",
)
OPPORTUNITY_TYPES: Final = (
    "Existing Customer - Upgrade",
    "Existing Customer - Replacement",
    "Existing Customer - Downgrade",
    "New Customer",
)
DELIVERY: Final = ("Yet to begin", "In progress", "Completed")
LEAD_STATUSES: Final = (
    "Open - Not Contacted",
    "Working - Contacted",
    "Closed - Converted",
    "Closed - Not Converted",
)
CASE_STATUSES: Final = ("New", "Working", "Escalated", "Closed")
CASE_ORIGINS: Final = ("Phone", "Email", "Web")
CASE_TYPES: Final = ("Mechanical", "Electrical", "Electronic", "Structural", "Other")
CASE_REASONS: Final = (
    "Installation",
    "Equipment Complexity",
    "Performance",
    "Breakdown",
    "Equipment Design",
    "Feedback",
    "Other",
)
TASK_STATUSES: Final = (
    "Not Started",
    "In Progress",
    "Completed",
    "Waiting on someone else",
    "Deferred",
)
TASK_PRIORITIES: Final = ("High", "Normal", "Low")
TASK_SUBJECTS: Final = ("Call", "Email", "Send Letter", "Send Quote", "Other")
EVENT_SUBJECTS: Final = ("Call", "Email", "Meeting", "Send Letter/Quote", "Other")
SHOW_AS: Final = ("Busy", "OutOfOffice", "Free")
CAMPAIGN_TYPES: Final = (
    "Conference",
    "Webinar",
    "Trade Show",
    "Public Relations",
    "Partners",
    "Referral Program",
    "Advertisement",
    "Direct Mail",
    "Email",
    "Telemarketing",
    "Other",
)
CAMPAIGN_STATUSES: Final = ("Planned", "In Progress", "Completed", "Aborted")
PRODUCT_FAMILIES: Final = ("Hardware", "Software", "Services", "Accessories")
TIME_ZONES: Final = (
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Asia/Jerusalem",
    "Europe/Istanbul",
    "Europe/Warsaw",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/London",
    "GMT",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Mexico_City",
    "America/Denver",
    "America/Los_Angeles",
)
LOCALES: Final = (
    "ar_AE",
    "de_DE",
    "en_GB",
    "en_IN",
    "en_US",
    "es_ES",
    "es_MX",
    "fr_FR",
    "he_IL",
    "it_IT",
    "ja_JP",
    "ko_KR",
    "pl_PL",
    "pt_BR",
    "sv_SE",
    "zh_CN",
)
USER_TYPES: Final = ("Standard", "PowerPartner", "CSPLitePortal", "Guest")
ORGANIZATION_TYPES: Final = (
    "Team Edition",
    "Professional Edition",
    "Enterprise Edition",
    "Developer Edition",
    "Personal Edition",
    "Unlimited Edition",
    "Base Edition",
)
SHIPMENT_STATES: Final = (
    "Booked",
    "Picked up",
    "In transit",
    "At customs",
    "Delivered",
    "Lost",
)
HANDLING: Final = ("Fragile", "Refrigerated", "Hazardous", "This side up", "Heavy")


def stage_forecast(stage: str, chance: float) -> str:
    """The forecast category of an opportunity's stage; `chance` is in percent."""
    if stage == "Closed Lost":
        return "Omitted"
    if stage == "Closed Won":
        return "Closed"
    return "BestCase" if chance >= 70 else "Pipeline"
