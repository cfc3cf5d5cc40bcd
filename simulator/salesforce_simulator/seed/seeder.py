"""Seeder: decides how many rows each object starts with, and makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from salesforce_simulator.ids import ALPHABET, IdSequence
from salesforce_simulator.schema import Row, Schema, SObjectType
from salesforce_simulator.seed import files, people, sales, setup, work
from salesforce_simulator.seed.deck import Deck
from salesforce_simulator.seed.generic import generic_maker
from salesforce_simulator.seed.maker import Locator, Maker, SeededRows
from salesforce_simulator.seed.mix import salt
from salesforce_simulator.seed.stamper import Stamper
from salesforce_simulator.seed.timeline import epoch_of, stamp_text

DEFAULT_RECORDS: Final[Mapping[str, int]] = {
    "Organization": 1,
    "User": 12,
    "Profile": 6,
    "UserRole": 8,
    "Account": 240,
    "Contact": 620,
    "Opportunity": 380,
    "OpportunityContactRole": 300,
    "Lead": 190,
    "Case": 160,
    "Task": 420,
    "Event": 140,
    "Campaign": 14,
    "CampaignMember": 220,
    "Product2": 30,
    "Pricebook2": 2,
    "ContentDocument": 12,
    "ContentVersion": 12,
    "Attachment": 10,
    "Shipment__c": 150,
    "Parcel__c": 320,
    "BusinessHours": 1,
    "CronJobDetail": 1,
    "CronTrigger": 1,
}
EMPTY_RECORDS: Final[Mapping[str, int]] = {
    **dict.fromkeys(DEFAULT_RECORDS, 0),
    "Organization": 1,
    "User": 1,
    "Profile": DEFAULT_RECORDS["Profile"],
}
"""What an org without business data has: nobody can log in to less."""
LATEST: Final = datetime(2026, 11, 16, tzinfo=UTC)
"""Where an org's seeded past ends, so that the same seed gives the same rows on
any day. An org whose clock stands earlier ends at its own midnight."""

_MAKERS: Final[Mapping[str, Callable[[Deck], Maker]]] = {
    "Organization": people.organization_maker,
    "User": people.user_maker,
    "Profile": people.profile_maker,
    "UserRole": people.role_maker,
    "Account": sales.account_maker,
    "Contact": sales.contact_maker,
    "Opportunity": sales.opportunity_maker,
    "OpportunityContactRole": work.role_maker,
    "Lead": sales.lead_maker,
    "Case": work.case_maker,
    "Task": work.task_maker,
    "Event": work.event_maker,
    "Campaign": work.campaign_maker,
    "CampaignMember": work.member_maker,
    "Product2": work.product_maker,
    "Pricebook2": work.pricebook_maker,
    "ContentDocument": files.document_maker,
    "ContentVersion": files.version_maker,
    "Attachment": files.attachment_maker,
    "Shipment__c": people.shipment_maker,
    "Parcel__c": people.parcel_maker,
    "BusinessHours": setup.hours_maker,
    "CronJobDetail": setup.job_maker,
    "CronTrigger": setup.trigger_maker,
}
_NUMBERED: Final[Mapping[tuple[str, str], str]] = {
    ("Account", "ERP_Number__c"): sales.ERP_PREFIX,
    ("Case", "CaseNumber"): "",
    ("Shipment__c", "Tracking_Number__c"): "TRK",
    ("Shipment__c", "Name"): "SH-",
}
_BIN: Final = 12
_BESIDE: Final = {"History": "017", "Feed": "0D5"}
"""The prefixes of ids of companions whose describes name none."""


class Seeder:
    """Makes the rows an org starts with. `records` overrides the default counts."""

    def __init__(
        self,
        schema: Schema,
        *,
        seed: int,
        records: Mapping[str, int],
        now: datetime,
        as_of: datetime | None = None,
    ) -> None:
        self._schema = schema
        self._seed = seed
        named = {name.lower(): count for name, count in DEFAULT_RECORDS.items()}
        given = {name.lower(): max(count, 0) for name, count in records.items()}
        self._counts = named | given | {"organization": 1}
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0)
        self._until = epoch_of(as_of or min(LATEST, midnight))
        pod = salt(seed, "instance")
        self.instance = ALPHABET[10 + pod % 26] + ALPHABET[36 + pod // 64 % 26] + "0"
        self._sequences: dict[str, IdSequence] = {}
        self._bases: dict[str, SeededRows] = {}
        user_at = self.ids("User").at
        self.users = tuple(map(user_at, range(min(max(self.count("User"), 1), 64))))
        self.deck = Deck(
            seed=seed,
            until=self._until,
            count=self.count,
            id_at=lambda name: self.ids(name).at,
            row=self._row,
        )

    def count(self, name: str) -> int:
        """How many live rows this object starts with."""
        return self._counts.get(name.lower(), 0)

    def ids(self, name: str) -> IdSequence:
        """The ids of an object's rows."""
        sequence = self._sequences.get(name.lower())
        if sequence is None:
            one = self._schema.object(name)
            beside = (one and one.associate_type) or ""
            prefix = (one and one.key_prefix) or _BESIDE.get(beside, "000")
            first = salt(self._seed, name.lower()) % 62**5 + 62**4 * 3
            sequence = IdSequence(prefix, instance=self.instance, first=first)
            self._sequences[name.lower()] = sequence
        return sequence

    def base(self, one: SObjectType) -> tuple[SeededRows, IdSequence]:
        """The rows of an object and their ids."""
        count = self.count(one.name) + self._buried(one)
        seed = salt(self._seed, one.name, "row")
        maker = _MAKERS.get(one.name)
        generic = generic_maker(one, until=self._until)
        rows = SeededRows(
            self._schema,
            one.name,
            make=maker(self.deck) if maker and count else generic,
            count=count,
            ids=self.ids(one.name),
            stamper=Stamper(
                one, count=count, users=self.users, until=self._until, salt=seed
            ),
        )
        for (name, field), prefix in _NUMBERED.items():
            if name == one.name:
                rows.locators[field] = _numbered(prefix)
        return rows, self.ids(one.name)

    def _row(self, name: str, record_id: str | None) -> Row:
        """The row that an id had at the start."""
        one = self._schema.object(name)
        slot = None if record_id is None else self.ids(name).position(record_id)
        if one is None or slot is None:
            return {}
        base = self._bases.get(name)
        if base is None:
            base = self._bases[name] = self.base(one)[0]
        return base.row(slot)

    def buried(self, one: SObjectType) -> Iterator[tuple[int, Row]]:
        """The numbers of the rows that start in the recycle bin, and their changes.

        They are the last ones, on top of the count: no live row refers to them.
        """
        for index in range(self._buried(one)):
            stamp = stamp_text(self._until - (_BIN - index) * 7_201)
            changes = dict.fromkeys(("LastModifiedDate", "SystemModstamp"), stamp)
            yield self.count(one.name) + index, {"IsDeleted": True, **changes}

    def _buried(self, one: SObjectType) -> int:
        if not (one.deletable and one.undeletable and one.field("IsDeleted")):
            return 0
        return min(self.count(one.name) // 20, _BIN)


def _numbered(prefix: str) -> Locator:
    """Finds the row whose number a value spells out behind the prefix."""

    def locate(value: object) -> list[int]:
        digits = str(value).upper().removeprefix(prefix)
        return [int(digits) - 1] if digits.isascii() and digits.isdigit() else []

    return locate
