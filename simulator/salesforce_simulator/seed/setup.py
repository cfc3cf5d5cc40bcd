"""Makers of what every org has from its setup: business hours, scheduled jobs."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.maker import Maker
from salesforce_simulator.seed.timeline import DAY, stamp_text

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_ENDS = ("Start", "End")
_MIDNIGHT = "00:00:00.000Z"


def hours_maker(deck: Deck) -> Maker:
    """The default business hours: round the clock, as a new org has them."""
    zone = deck.home.place.country.zone

    def make(slot: int, _bits: int) -> dict[str, Any]:
        times = {f"{day}{end}Time": _MIDNIGHT for day in _DAYS for end in _ENDS}
        return times | {
            "Name": "Default" if not slot else f"Hours {slot + 1}",
            "IsActive": True,
            "IsDefault": not slot,
            "TimeZoneSidKey": zone,
        }

    return make


def trigger_maker(deck: Deck) -> Maker:
    """Scheduled jobs that run each night, each with its details."""
    detail_at, user_at = deck.id_at("CronJobDetail"), deck.id_at("User")
    zone, until = deck.home.place.country.zone, deck.until

    def make(slot: int, bits: int) -> dict[str, Any]:
        last = until - DAY + 7_200
        fired = stamp_text(last).replace(".000", f".{bits % 999 + 1:03d}")
        return {
            "CronJobDetailId": detail_at(slot),
            "NextFireTime": stamp_text(last + DAY),
            "PreviousFireTime": fired,
            "State": "WAITING",
            "StartTime": stamp_text(until - 90 * DAY),
            "CronExpression": "0 0 2 * * ?",
            "TimeZoneSidKey": zone,
            "OwnerId": user_at(0),
            "TimesTriggered": 90,
        }

    return make


def job_maker(_deck: Deck) -> Maker:
    """The names of scheduled jobs; type 7 is scheduled Apex."""

    def make(slot: int, _bits: int) -> dict[str, Any]:
        return {"Name": f"Nightly clean-up {slot + 1}", "JobType": "7"}

    return make
